// A hazard of Kafka itself (KU-8): a batch of an idempotent producer that later ones have overtaken is refused as out of order
// until its delivery timeout. Told from a broker that refuses what it should take by the leader's log.

import { describe, expect, it } from 'vitest'
import { findingOf } from '../../src/fuzz/signature.ts'
import { simulate } from '../../src/index.ts'
import type { PartitionLog } from '../../src/log/partition-log.ts'
import { whyOvertaken } from '../../src/scenario/cluster/overtaken.ts'
import { append, openLog, sequenced } from '../log/fixtures.ts'

/**
 * Broker 2 stops in a controlled way before anybody has copied its first records. Broker 1, empty, is asked for sequences 0–1 a
 * moment too early, takes 6–9, which came right behind, and refuses 0–1 from then on.
 */
const scenario = (config = ''): string => `
name: overtaken
seed: 98
duration: 3s
settle: 10s
cluster:
  brokers: 4
  config: { broker.session.timeout.ms: 3000, broker.heartbeat.interval.ms: 500 }
topics:
  t: { replicas: [[2, 1, 3, 4]], config: { min.insync.replicas: 2 } }
producers:
  p: { topic: t, count: 10, rate: 10/s, config: { acks: all${config} } }
faults:
  - { at: 1s, stop: "broker:2", for: 1s }
expect: [no-acked-loss]
`

const NOTHING_DEMANDED = new Set<string>()

describe('a batch that was overtaken at a new leader', () => {
  it('is refused as long as its producer has patience: the run is stuck, known as KU-8', () => {
    const result = simulate(scenario())
    expect(result.verdict.outcome).toBe('stuck')
    expect(result.stuckOn).toEqual([
      '1 producers wait for the outcome of 25 records; KU-8: sequences 0–1 of t-0 are out of order for good: the leader knew nothing of this producer and took 6 first',
    ])
    expect(findingOf(result, NOTHING_DEMANDED)).toBeUndefined()
  })

  const IMPATIENT = ', request.timeout.ms: 2000, delivery.timeout.ms: 5000'

  it('is given up after its delivery timeout, and those behind it are written', () => {
    const { verdict, stuckOn } = simulate(scenario(`${IMPATIENT}, retry.backoff.ms: 50, retry.backoff.max.ms: 50`))
    expect([verdict.outcome, stuckOn]).toEqual(['pass', []])
    expect(verdict.history).toMatchObject({ unknown: 2, lost: 0, duplicated: 0 })
  })

  // As in Kafka's Sender: how long a turn sleeps is reckoned before it gives batches up, here with the back-off of the one
  // given up, about a second, and nobody wakes it with a new batch. So 2 leaves only when its own time is over, in the turn
  // that gives it up. 3 is refused for the gap, which bumps the epoch (P-18, P-21), and backs off beyond its own end; 4 is
  // refused for the gap that 3 leaves, likewise; 5 fares like 2. What had no sequence yet is written in a new epoch.
  it('is given up, and one by one those behind it that were sent, when the next one is sent no sooner than its own time is over', () => {
    const { verdict, stuckOn } = simulate(scenario(IMPATIENT))
    expect([verdict.outcome, stuckOn]).toEqual(['pass', []])
    expect(verdict.history).toMatchObject({ unknown: 6, lost: 0, duplicated: 0 })
  })
})

/** Batches of one record each. */
function logOf(...sequences: readonly number[]): PartitionLog {
  const log = openLog()
  for (const sequence of sequences) append(log, sequenced(7, 0, sequence))
  return log
}

const batch = (baseSequence: number, lastSequence = baseSequence) => ({
  key: 'orders-0',
  producerId: 7,
  producerEpoch: 0,
  baseSequence,
  lastSequence,
})

describe('the log of the leader', () => {
  it('says that it began with a later batch, or that more than five came after', () => {
    expect(whyOvertaken(batch(0, 1), logOf(6, 7))).toMatch(/^KU-8: sequences 0–1 .* took 6 first$/)
    expect(whyOvertaken(batch(2), logOf(0, 1, 2, 3, 4, 5, 6, 7))).toMatch(/^KU-8: .* written 5 batches ago$/)
  })

  it('does not excuse who refuses what comes next, or what it remembers', () => {
    expect(whyOvertaken(batch(2), logOf(0, 1))).toBeUndefined()
    expect(whyOvertaken(batch(2), logOf(0, 1, 2, 3, 4, 5, 6))).toBeUndefined()
    expect(whyOvertaken(batch(0), logOf())).toBeUndefined()
    expect(whyOvertaken(batch(5, 6), logOf(6))).toBeUndefined()
  })

  it('says nothing of another producer or epoch, nor when its beginning was deleted, nor when nobody leads', () => {
    const log = logOf(6, 7)
    expect(whyOvertaken({ ...batch(0), producerId: 8 }, log)).toBeUndefined()
    expect(whyOvertaken({ ...batch(0), producerEpoch: 1 }, log)).toBeUndefined()
    log.updateHighWatermark(2)
    log.maybeIncrementLogStartOffset(1)
    expect(whyOvertaken(batch(0), log)).toBeUndefined()
    expect(whyOvertaken(batch(0), undefined)).toBeUndefined()
  })
})
