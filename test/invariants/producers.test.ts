// Invariants of producers, in whole runs: a producer that is broken on purpose, and tells nobody, is found out under the name
// of the rule it breaks. The same run unbroken passes.

import { describe, expect, it } from 'vitest'
import { engine } from '../../src/cli/engine.ts'
import { BatchOutcomes } from '../../src/client/batch-outcomes.ts'
import { KeyedPartitioner } from '../../src/client/partitioners/keyed-partitioner.ts'
import { RecordAccumulator } from '../../src/client/record-accumulator.ts'
import { INVARIANTS } from '../../src/invariants/index.ts'
import { NetworkClient } from '../../src/network/network-client.ts'
import { BatchBuilder } from '../../src/records/batch-builder.ts'
import { replace } from '../support/replace.ts'

const SCENARIO = `
name: producers
kafka: "4.0"
duration: 4s
cluster: { brokers: 2, config: { broker.session.timeout.ms: 1500, broker.heartbeat.interval.ms: 300 } }
topics: { t: { partitions: 3, replicas: [[1, 2], [2, 1], [1, 2]] } }
producers:
  p:
    topic: t
    rate: 100/s
    keys: 20
    config: { batch.size: 400, linger.ms: 20, buffer.memory: 4000, max.block.ms: 300, request.timeout.ms: 500, delivery.timeout.ms: 700 }
network: { client: { latency: 30ms } }
faults:
  - { at: 1s, clog: { from: "broker:1", to: producer(p), one-way: true }, for: 1200ms }
  - { at: 2500ms, add-partitions: { topic: t, to: 5 } }
expect: ["acked(t) >= 1"]
allow: [stuck: what is broken may never come to rest]
`

interface Case {
  readonly name: string
  /** All that is violated, in the order of the list. */
  readonly finds: readonly string[]
  readonly sabotage: () => void
}

const CASES: readonly Case[] = [
  {
    name: 'sends as many requests as it likes',
    finds: ['producer-within-limits'],
    sabotage: () => {
      const { ready } = NetworkClient.prototype
      replace(NetworkClient.prototype, 'ready', function (this: NetworkClient, node) {
        const { options } = this as unknown as { options: { maxInFlight: number } }
        options.maxInFlight = 100
        return ready.call(this, node)
      })
    },
  },
  {
    name: 'takes more memory than it has',
    finds: ['producer-within-limits'],
    sabotage: () => {
      const { append } = RecordAccumulator.prototype
      replace(RecordAccumulator.prototype, 'append', function (this: RecordAccumulator, ...record) {
        const { options } = this as unknown as { options: { bufferMemoryBytes: number } }
        options.bufferMemoryBytes = 1e6
        return append.call(this, ...record)
      })
    },
  },
  {
    name: 'fills batches beyond batch.size',
    finds: ['producer-within-limits'],
    sabotage: () => {
      const { hasRoomFor } = BatchBuilder.prototype
      replace(BatchBuilder.prototype, 'hasRoomFor', function (this: BatchBuilder, time, key, value, headers, limit) {
        return hasRoomFor.call(this, time, key, value, headers, limit + 300)
      })
    },
  },
  {
    name: 'sends what it should have given up',
    finds: ['producer-within-limits'],
    sabotage: () => replace(BatchOutcomes.prototype, 'expire', () => Number.MAX_SAFE_INTEGER),
  },
  {
    name: 'puts a key elsewhere when it is asked again',
    finds: ['keys-keep-partitions'],
    sabotage: () => {
      let asked = 0
      replace(KeyedPartitioner.prototype, 'decide', () => (asked += 1) % 3)
    },
  },
]

function found(): string[] {
  const { scenario, report } = engine.load('producers.yaml', SCENARIO, [])
  if (scenario === undefined) throw new Error(report)
  const { violations } = engine.run(scenario, { seed: 1, recheck: 'off' }).verdict
  const ids = new Set(violations.map(({ invariant }) => invariant))
  return INVARIANTS.map(({ id }) => id).filter((id) => ids.has(id))
}

describe('a producer', () => {
  it('as Kafka has it keeps every promise', () => expect(found()).toEqual([]))

  it.each(CASES)('that $name is found out', ({ sabotage, finds }) => {
    sabotage()
    expect(found()).toEqual(finds)
  })
})
