// Of each topic that producers write to, the longest time in which nobody got an acknowledgement.

import type { History } from '../../history/history.ts'
import type { Scenario } from '../model.ts'
import type { RunResult } from '../run-result.ts'

/** `partitions`: their names, by topic. */
export function writeGaps(
  { producers }: Scenario,
  history: History,
  partitions: ReadonlyMap<string, readonly string[]>,
): RunResult['writeGaps'] {
  const written = new Set(producers.map((producer) => producer.topic))
  return [...written].flatMap((topic) => {
    const gap = history.longestWriteGap(topic, partitions.get(topic) ?? [])
    if (gap === undefined) return []
    const { partition, gapUs, endedUs } = gap
    return [{ topic, partition, gapMs: gapUs / 1000, endedAtMs: endedUs / 1000 }]
  })
}
