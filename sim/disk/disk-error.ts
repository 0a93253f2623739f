// What a failed operation of a disk is to the process that asked for it.

export type DiskOperation = 'read' | 'write' | 'sync'

/** `io-error`: the device failed (EIO); `no-space`: it is full (ENOSPC). */
export class DiskError extends Error {
  override readonly name = 'DiskError'
  readonly problem: 'io-error' | 'no-space'
  readonly operation: DiskOperation
  readonly path: string

  constructor(problem: 'io-error' | 'no-space', operation: DiskOperation, path: string) {
    super(`${problem === 'no-space' ? 'No space left on device' : 'Input/output error'} (${operation} of ${path})`)
    this.problem = problem
    this.operation = operation
    this.path = path
  }
}
