// Which record of which client lies where in a log.

import { describe, expect, it } from 'vitest'
import { recordsOf } from '../../src/history/final-log.ts'
import { BatchBuilder } from '../../src/records/batch-builder.ts'
import { ValueMaker } from '../../src/workload/record-identity.ts'
import { append, batchOf, marker, NOW_MS, openLog, sequenced } from '../log/fixtures.ts'

function batch(client: string, ...ns: number[]): Uint8Array {
  const values = new ValueMaker(client)
  const builder = new BatchBuilder()
  for (const n of ns) builder.append(NOW_MS, null, values.make(n, 40))
  return builder.build()
}

describe('the records of a log', () => {
  it('come in order of their offsets, from all segments, up to the log end', () => {
    const log = openLog(undefined, { config: { segmentBytes: 400 } })
    for (let n = 0; n < 40; n += 2) append(log, batch(n % 4 === 0 ? 'web[0]' : 'web[1]', n, n + 1))
    expect(log.segmentCount).toBeGreaterThan(3)
    expect(log.highWatermark).toBe(0)
    const records = [...recordsOf(log)]
    expect(records.map(({ offset }) => offset)).toEqual(Array.from({ length: 40 }, (_, i) => i))
    expect(records.slice(1, 3)).toEqual([
      { offset: 1, client: 'web[0]', n: 1 },
      { offset: 2, client: 'web[1]', n: 2 },
    ])
  })

  it('leave out control records, values of others, and what lies below the log start', () => {
    const log = openLog()
    append(log, batch('web[0]', 0, 1, 2))
    append(log, batchOf(['not ours']))
    append(log, sequenced(7, 0, 0, 1, { transactional: true }))
    log.appendAsLeader(marker('commit', 7, 0), 0, NOW_MS, 'coordinator')
    append(log, batch('web[0]', 3))
    log.updateHighWatermark(log.logEndOffset)
    log.maybeIncrementLogStartOffset(1)
    expect([...recordsOf(log)].map(({ offset, n }) => [offset, n])).toEqual([
      [1, 1],
      [2, 2],
      [6, 3],
    ])
  })

  it('are none in an empty log', () => {
    expect([...recordsOf(openLog())]).toEqual([])
  })
})
