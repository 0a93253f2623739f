// What makes a log directory go offline: the disk failed an operation, or files in it make no sense. Kafka's own word
// for both, once noticed, is KafkaStorageException.

import { DiskError } from '../../sim/disk/disk-error.ts'

/** Files of a log directory that cannot be made sense of. */
export class StorageError extends Error {
  override readonly name = 'StorageError'
}

export function isStorageError(error: unknown): error is StorageError | DiskError {
  return error instanceof DiskError || error instanceof StorageError
}

/** What `fn` says; undefined if its directory fails: whoever looks after directories is told elsewhere. */
export function unlessStorageFails<T>(fn: () => T): T | undefined {
  try {
    return fn()
  } catch (error) {
    if (!isStorageError(error)) throw error
    return undefined
  }
}
