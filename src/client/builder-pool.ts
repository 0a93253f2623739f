// Batch builders of one producer, used again: their scratch memory costs more to make than most batches to fill.

import { BatchBuilder } from '../records/batch-builder.ts'

export class BuilderPool {
  private readonly idle: BatchBuilder[] = []

  /** An empty builder. */
  take(): BatchBuilder {
    return this.idle.pop() ?? new BatchBuilder()
  }

  /** `builder` is empty again, and its former user must not touch it any more. */
  giveBack(builder: BatchBuilder): void {
    this.idle.push(builder)
  }
}
