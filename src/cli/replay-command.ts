// The line that brings a run again: safe to paste into a shell.

import type { RunRequest } from './run-request.ts'

export function replayCommand(request: Pick<RunRequest, 'settings' | 'until'>, file: string, seed: number): string {
  const named = file.startsWith('-') ? `./${file}` : file
  const words = ['npx', 'kafkasim', 'run', named, '--seed', String(seed)]
  for (const setting of request.settings) words.push('--set', setting)
  if (request.until !== undefined) words.push('--until', request.until)
  return words.map(quoted).join(' ')
}

/** A word as a POSIX shell reads it. */
function quoted(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`
}
