/** Files of a log directory that cannot be made sense of: the directory must go offline. */
export class StorageError extends Error {
  override readonly name = 'StorageError'
}
