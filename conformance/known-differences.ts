// Where our answers are known to differ from Kafka's, and why that is left so. `docs/fidelity.md` has the same reasons in
// its rows. An entry of which any part no longer differs fails the test: take it out.

export interface KnownDifference {
  readonly chapter: string
  readonly titles: readonly string[]
  /** Paths without list indexes; '' is the answer as a whole. */
  readonly fields: readonly string[]
  readonly reason: string
  /** The releases whose answers differ; all of them unless given. */
  readonly kafka?: readonly string[]
}

export const KNOWN_DIFFERENCES: readonly KnownDifference[] = [
  {
    chapter: 'batches whose records nobody reads here',
    titles: ['gzip without gzip'],
    fields: ['responses.partitionResponses.errorCode'],
    reason: 'What no codec can read is refused as an invalid record; Kafka has a bare exception for it.',
  },
  {
    chapter: 'batches whose records nobody reads here',
    titles: ['a timestamp in 2100', 'no key in a compacted topic'],
    fields: ['responses.partitionResponses.recordErrors.length'],
    reason: 'A batch is refused as a whole; which of its records are to blame is not said.',
  },
  {
    chapter: 'fetch',
    titles: ['a batch and a bit'],
    fields: ['responses.partitions.records'],
    reason: 'Kafka cuts the bytes at the limit, ours after the last whole batch: readers drop the rest anyway.',
  },
]

/** Chapters about what is not built yet: Kafka's answers are recorded, ours are not asked. */
export const NOT_BUILT: readonly string[] = []
