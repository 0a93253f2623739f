// The line that brings a run again: safe to paste into a shell.

export interface Replayed {
  /** As typed, or from where the line is to be run. */
  readonly file: string
  readonly seed: number
  /** `path=value`, in order; what is there twice is said once. */
  readonly settings: readonly string[]
  /** Of a matrix, where settings alone do not name the row. */
  readonly row?: string | undefined
  /** A virtual time, as typed. */
  readonly until?: string | undefined
}

export function replayLine({ file, seed, settings, row, until }: Replayed): string {
  const named = file.startsWith('-') ? `./${file}` : file
  const words = ['npx', 'kafkasim', 'run', named, '--seed', String(seed)]
  if (row !== undefined) words.push('--row', row)
  for (const setting of new Set(settings)) words.push('--set', setting)
  if (until !== undefined) words.push('--until', until)
  return words.map(quoted).join(' ')
}

/** A word as a POSIX shell reads it. */
export function quoted(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`
}
