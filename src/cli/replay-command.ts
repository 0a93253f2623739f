// The line that brings a run again: safe to paste into a shell.

import type { MatrixRow } from '../scenario/language/matrix.ts'
import type { RunRequest } from './run-request.ts'

/** Of a row, all its settings are there, so that the line says what it is about; its label, where only that names it. */
export function replayCommand(
  request: Pick<RunRequest, 'settings' | 'until'>,
  file: string,
  seed: number,
  row?: MatrixRow,
): string {
  const named = file.startsWith('-') ? `./${file}` : file
  const words = ['npx', 'kafkasim', 'run', named, '--seed', String(seed)]
  if (row?.included === true) words.push('--row', row.label)
  const settings = row?.settings.map(({ path, text }) => `${path}=${text}`) ?? []
  for (const setting of new Set([...request.settings, ...settings])) words.push('--set', setting)
  if (request.until !== undefined) words.push('--until', request.until)
  return words.map(quoted).join(' ')
}

/** A word as a POSIX shell reads it. */
export function quoted(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`
}
