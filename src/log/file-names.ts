// Names of the files of a partition (S-2, S-14): an offset in 20 digits, what is in the file, and a suffix while it is on
// its way in or out.

/** What a segment consists of: batches, the two sparse indexes, and the aborted transactions if there are any. */
export const LOG_SUFFIX = '.log'
export const INDEX_SUFFIX = '.index'
export const TIME_INDEX_SUFFIX = '.timeindex'
export const TXN_INDEX_SUFFIX = '.txnindex'
/** Producer state up to the offset in the name. */
export const SNAPSHOT_SUFFIX = '.snapshot'

/** Renamed and waiting for `file.delete.delay.ms`; removed when the log is loaded. */
export const DELETED_SUFFIX = '.deleted'
/** Written by a compaction that is not finished. */
export const CLEANED_SUFFIX = '.cleaned'
/** Of a finished compaction, about to take the place of what it replaces. */
export const SWAP_SUFFIX = '.swap'

/** The files a segment may have, the log first. */
export const SEGMENT_FILE_SUFFIXES = [LOG_SUFFIX, INDEX_SUFFIX, TIME_INDEX_SUFFIX, TXN_INDEX_SUFFIX] as const

export type FileSuffix = (typeof SEGMENT_FILE_SUFFIXES)[number] | typeof SNAPSHOT_SUFFIX

const NAME_DIGITS = 20

/** `00000000000000000042.index` for 42 and `.index`. */
export function offsetFileName(offset: number, suffix: FileSuffix): string {
  return String(offset).padStart(NAME_DIGITS, '0') + suffix
}

/** The offset in a name that is nothing but an offset and this suffix; undefined for any other. */
export function offsetInFileName(name: string, suffix: string): number | undefined {
  if (name.length !== NAME_DIGITS + suffix.length || !name.endsWith(suffix)) return undefined
  return leadingOffset(name)
}

/** The offset a name begins with, whatever follows; undefined if it begins with none. */
export function leadingOffset(name: string): number | undefined {
  const digits = name.slice(0, NAME_DIGITS)
  const offset = Number(digits)
  return /^\d{20}$/.test(digits) && Number.isSafeInteger(offset) ? offset : undefined
}
