// KU-7: what a raised epoch makes of a record is told from what a broken broker or a broken producer would make of it.

import { describe, expect, it } from 'vitest'
import { RaisedEpochs } from '../../src/history/raised-epochs.ts'
import type { PartitionLog } from '../../src/log/partition-log.ts'
import type { KafkaEvent } from '../../src/trace/kafka-event.ts'
import { append, openLog, sequenced } from '../log/fixtures.ts'
import { completed, HistoryFixture, sent } from './fixture.ts'

const WEB = { client: 'web[0]', partition: 'orders-0' } as const
const leaves = (n: number, attempt = 1): KafkaEvent => ({
  type: 'produce-sent',
  ...WEB,
  records: [n],
  attempt,
  broker: 1,
  sizeBytes: 100,
  isCompressed: false,
  ageMs: 0,
  requestsInFlight: 1,
  bufferedBytes: 100,
})
const comesBack = (n: number, error: string, answered: boolean): KafkaEvent => ({
  type: 'produce-retried',
  ...WEB,
  records: [n],
  attempt: 1,
  error,
  answered,
})
const givenUp = (n: number): KafkaEvent => completed('web[0]', n, { outcome: 'unknown', error: 'delivery timeout' })

const INVOKED = [sent('web[0]', 0), sent('web[0]', 1)]
/** Record 0 is given up, and record 1, of which nobody knows whether it was written, is sent again. */
const STORY: readonly (readonly KafkaEvent[])[] = [
  [...INVOKED, leaves(0), leaves(1)],
  [givenUp(0)],
  [comesBack(1, 'REQUEST_TIMED_OUT', false)],
  [leaves(1, 2)],
]

/** Record 1 of `web[0]`, numbered so each time it lies in the log. */
function logOf(...epochs: readonly number[]): PartitionLog {
  const log = openLog()
  append(log, sequenced(7, 0, 0))
  for (const epoch of epochs) {
    const producer = epoch < 100 ? 7 : 8
    append(log, sequenced(producer, epoch % 100, epoch === 0 ? 1 : 0))
  }
  return log
}

function isExplained(story: readonly (readonly KafkaEvent[])[], log: PartitionLog): boolean {
  const fixture = new HistoryFixture()
  const raised = new RaisedEpochs(fixture.bus)
  story.forEach((events, i) => fixture.at(i + 1, ...events))
  const copies = Array.from({ length: log.logEndOffset - 2 }, (_, i) => i + 2)
  const found = copies.map((offset) => ({ ...WEB, n: 1, firstOffset: 1, offset }))
  expect(found.length).toBeGreaterThan(0)
  return raised.explain(found, new Map([['orders-0', log]]))
}

describe('a record that lies in the log twice', () => {
  it('is explained by a batch given up before it, and by one refused as out of order, when its epoch rose', () => {
    expect(isExplained(STORY, logOf(0, 1))).toBe(true)
    const refused = [STORY[0]!, STORY[2]!, [comesBack(1, 'OUT_OF_ORDER_SEQUENCE_NUMBER', true)], [leaves(1, 3)]]
    expect(isExplained(refused, logOf(0, 1))).toBe(true)
    expect(isExplained(STORY, logOf(0, 1, 2))).toBe(true)
  })

  it('is not by a broker that writes one numbering twice, nor by an epoch that sank, nor by another producer', () => {
    expect(isExplained(STORY, logOf(0, 100))).toBe(false)
    expect(isExplained(STORY, sameNumberTwice())).toBe(false)
  })

  it('is not where no batch was given up or refused while it was open', () => {
    const without = [STORY[0]!, STORY[2]!, STORY[3]!]
    expect(isExplained(without, logOf(0, 1))).toBe(false)
    expect(isExplained([...without, [givenUp(0)]], logOf(0, 1))).toBe(false)
    const before = [[...INVOKED, leaves(0)], [givenUp(0)], [leaves(1)], STORY[2]!, STORY[3]!]
    expect(isExplained(before, logOf(0, 1))).toBe(false)
  })

  it('is not where it was known that it had not been written', () => {
    const refused = [STORY[0]!, STORY[1]!, [comesBack(1, 'NOT_ENOUGH_REPLICAS', true)], STORY[3]!]
    expect(isExplained(refused, logOf(0, 1))).toBe(false)
    // That it may have been written though the leader said so: there is such an error, too.
    const after = [STORY[0]!, STORY[1]!, [comesBack(1, 'NOT_ENOUGH_REPLICAS_AFTER_APPEND', true)], STORY[3]!]
    expect(isExplained(after, logOf(0, 1))).toBe(true)
  })
})

/** Under one epoch, as a broker would write it that remembers nothing. */
function sameNumberTwice(): PartitionLog {
  const log = openLog()
  append(log, sequenced(7, 0, 0))
  append(log, sequenced(7, 0, 1))
  const forgetful = sequenced(7, 0, 1)
  expect(log.appendAsLeader(forgetful, 0, 0, 'coordinator').kind).toBe('appended')
  return log
}
