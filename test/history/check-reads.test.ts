// What consumers were handed, beside the final log: skipped, read backwards, or not what others see there.

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { checkReads } from '../../src/history/check-reads.ts'
import type { KafkaEvent } from '../../src/trace/kafka-event.ts'
import { HistoryFixture, sent } from './fixture.ts'

/** [offset, n]: a record of `web[0]`; with n −1 a tombstone, which does not say whose it is. */
type Placed = readonly [offset: number, n: number]

const clientOf = (n: number): string => (n < 0 ? '' : 'web[0]')

const RECORDS = 40

function poll(consumer: string, ...records: readonly Placed[]): KafkaEvent {
  return {
    type: 'records-delivered',
    client: consumer,
    partition: 'orders-0',
    records: records.map(([offset, n]) => ({ offset, leaderEpoch: 1, producer: clientOf(n), n })),
  }
}

const moved = (from: number, to: number): KafkaEvent => {
  return {
    type: 'position-moved',
    client: 'audit[0]',
    partition: 'orders-0',
    from,
    to,
    why: 'auto.offset.reset=latest',
  }
}

function check(events: readonly KafkaEvent[], log: readonly Placed[]) {
  const fixture = new HistoryFixture()
  fixture.at(1, ...Array.from({ length: RECORDS }, (_, n) => sent('web[0]', n)))
  fixture.at(2, ...events)
  const records = log.map(([offset, n]) => ({ offset, client: clientOf(n), n }))
  const { skipped, nonmonotonic, inconsistent } = checkReads(fixture.history, new Map([['orders-0', records]]))
  const told = (found: typeof skipped) => found.map(({ consumer, offset, text }) => `${consumer} ${offset}: ${text}`)
  return { skipped: told(skipped), nonmonotonic: told(nonmonotonic), inconsistent: told(inconsistent) }
}

const CLEAN = { skipped: [], nonmonotonic: [], inconsistent: [] }
const straight = (from: number, to: number): Placed[] =>
  Array.from({ length: to - from }, (_, i) => [from + i, from + i] as const)

describe('reads', () => {
  it('are clean from wherever a consumer begins to wherever it got', () => {
    expect(check([poll('audit[0]', ...straight(3, 6)), poll('audit[0]', ...straight(6, 8))], straight(0, 10))).toEqual(
      CLEAN,
    )
  })

  it('skip what lies between them in the log (poll-skip)', () => {
    const found = check([poll('audit[0]', [0, 0], [1, 1]), poll('audit[0]', [4, 4])], straight(0, 6))
    expect(found).toEqual({
      ...CLEAN,
      skipped: ['audit[0] 2: web[0]#2 was never read', 'audit[0] 3: web[0]#3 was never read'],
    })
  })

  it('do not skip offsets that no record has, nor what a reset of the position jumped over', () => {
    expect(
      check(
        [poll('audit[0]', [0, 0], [3, 1])],
        [
          [0, 0],
          [3, 1],
        ],
      ),
    ).toEqual(CLEAN)
    expect(check([poll('audit[0]', [0, 0]), moved(1, 4), poll('audit[0]', [4, 4])], straight(0, 6))).toEqual(CLEAN)
  })

  it('miss a truncation that regrew before the next fetch, offset after offset though they go (RB-41)', () => {
    // Records 5 to 8 were cut off after they were read; others took their place, and the log went on.
    const log: Placed[] = [...straight(0, 5), ...straight(5, 12).map(([offset]) => [offset, offset + 20] as const)]
    const found = check([poll('audit[0]', ...straight(0, 9)), poll('audit[0]', [9, 29], [10, 30], [11, 31])], log)
    expect(found.skipped.map((text) => text.split(':')[0])).toEqual([
      'audit[0] 5',
      'audit[0] 6',
      'audit[0] 7',
      'audit[0] 8',
    ])
    expect(found.inconsistent[0]).toBe('audit[0] 5: it read web[0]#5, and there is web[0]#25')
    expect(found.inconsistent).toHaveLength(4)
    expect(found.nonmonotonic).toEqual([])
  })

  it('of who had stopped reading when the log was cut skip nothing: others took the place of what it read', () => {
    const log: Placed[] = [...straight(0, 5), ...straight(5, 12).map(([offset]) => [offset, offset + 20] as const)]
    const restart = { type: 'process-changed', process: 'consumer-audit[0]', state: 'started', detail: '' } as const
    const anew = poll('audit[0]', ...log.slice(5))
    expect(check([poll('audit[0]', ...straight(0, 9)), restart, anew], log).skipped).toEqual([])
    // What it skipped before that it skipped all the same.
    const gap = [poll('audit[0]', ...straight(0, 2), [6, 6]), restart, anew]
    expect(check(gap, log).skipped).toEqual(
      [2, 3, 4].map((o) => `audit[0] ${o}: web[0]#${o} was never read`).concat('audit[0] 5: web[0]#25 was never read'),
    )
  })

  it('take no copy that its producer wrote again, at another offset, for what they had read there', () => {
    // Everything was lost when it had read 0 to 8; of the new log's records one is 3, at offset 6.
    const log: Placed[] = straight(0, 12).map(([offset]) => [offset, offset === 6 ? 3 : offset + 20] as const)
    const restart = { type: 'process-changed', process: 'consumer-audit[0]', state: 'started', detail: '' } as const
    expect(check([poll('audit[0]', ...straight(0, 9)), restart, poll('audit[0]', ...log)], log).skipped).toEqual([])
  })

  it('take no tombstone for the one they had read at the same offset before the log was cut', () => {
    // All was lost; the new log has another tombstone where the old one had one.
    const log: Placed[] = straight(0, 12).map(([offset]) => [offset, offset === 6 ? -1 : offset + 20] as const)
    const before = straight(0, 9).map(([offset]) => [offset, offset === 6 ? -1 : offset] as const)
    const restart = { type: 'process-changed', process: 'consumer-audit[0]', state: 'started', detail: '' } as const
    expect(check([poll('audit[0]', ...before), restart, poll('audit[0]', ...log)], log).skipped).toEqual([])
    // What lies between them it has not read, before or after.
    const gap = [poll('audit[0]', ...before.filter(([offset]) => offset !== 4)), restart, poll('audit[0]', ...log)]
    expect(check(gap, log).skipped).toEqual(['audit[0] 4: web[0]#24 was never read'])
  })

  it('skip nothing beyond where they began again, once the position went back to a shorter log (C-8)', () => {
    const log = straight(0, 20).map(([offset]) => [offset, offset + 20] as const)
    const before = poll('audit[0]', ...straight(12, 16))
    // Another member of the group went on at 3, and this one was never given the partition again.
    const again = poll('audit[0]', ...log.slice(0, 3))
    expect(check([before, moved(16, 0), again], log).skipped).toEqual([])
    // What it passed over before or after it went back it skipped all the same.
    const over = poll('audit[0]', ...log.slice(5, 7))
    expect(check([before, moved(16, 0), again, over], log).skipped).toEqual([
      'audit[0] 3: web[0]#23 was never read',
      'audit[0] 4: web[0]#24 was never read',
    ])
    expect(check([poll('audit[0]', [0, 20], [9, 9]), moved(10, 2)], log).skipped).toEqual([
      'audit[0] 1: web[0]#21 was never read',
    ])
    expect(check([before, again], log).skipped).toHaveLength(9)
  })

  it('of a record that now lies elsewhere are reads all the same', () => {
    const log: Placed[] = [
      [0, 0],
      [1, 9],
      [2, 1],
    ]
    expect(check([poll('audit[0]', [0, 0], [1, 1]), poll('audit[0]', [1, 9], [2, 1])], log).skipped).toEqual([])
  })

  it('go back (nonmonotonic-poll), unless it is another consumer or one that was started anew', () => {
    const back = check([poll('audit[0]', ...straight(0, 5)), poll('audit[0]', ...straight(3, 6))], straight(0, 6))
    expect(back).toEqual({ ...CLEAN, nonmonotonic: ['audit[0] 3: 2 records again after offset 4'] })
    const restart = { type: 'process-changed', process: 'consumer-audit[0]', state: 'started', detail: '' } as const
    expect(
      check([poll('audit[0]', ...straight(0, 5)), restart, poll('audit[0]', ...straight(3, 6))], straight(0, 6)),
    ).toEqual(CLEAN)
    const killed = {
      type: 'fault-applied',
      fault: 'k',
      verb: 'kill',
      targets: ['consumer-audit[0]'],
      detail: '',
    } as const
    const between = (event: KafkaEvent) =>
      check([poll('audit[0]', ...straight(0, 5)), event, poll('audit[0]', ...straight(3, 6))], straight(0, 6))
    expect(between(killed)).toEqual(CLEAN)
    expect(between({ ...killed, targets: ['consumer-other[0]'] })).toEqual(back)
    expect(between({ ...killed, verb: 'isolate' })).toEqual(back)
    expect(check([poll('audit[0]', ...straight(0, 5)), poll('other[0]', ...straight(0, 5))], straight(0, 5))).toEqual(
      CLEAN,
    )
  })

  it('differ between two readers where the log has nothing to say (inconsistent-offsets)', () => {
    const found = check([poll('audit[0]', [0, 0], [1, 1]), poll('other[0]', [0, 0], [1, 2])], [[0, 0]])
    expect(found).toEqual({ ...CLEAN, inconsistent: ['other[0] 1: it read web[0]#2, and there is web[0]#1'] })
  })

  it('of a partition without a leader are not compared with its log', () => {
    const fixture = new HistoryFixture()
    fixture.at(1, poll('audit[0]', [0, 0], [5, 1]))
    expect(checkReads(fixture.history, new Map())).toEqual(CLEAN)
  })

  it('are clean or not as a model that compares everything with everything says', () => {
    const offsets = fc.uniqueArray(fc.nat(11), { minLength: 1 }).map((all) => all.toSorted((a, b) => a - b))
    fc.assert(
      fc.property(offsets, offsets, (read, present) => {
        const found = check(
          [poll('audit[0]', ...read.map((o) => [o, o] as const))],
          present.map((o) => [o, o] as const),
        )
        const expected = present.filter((o) => o >= read[0]! && o <= read.at(-1)! && !read.includes(o))
        expect(found.skipped).toEqual(expected.map((o) => `audit[0] ${o}: web[0]#${o} was never read`))
        expect(found).toMatchObject({ nonmonotonic: [], inconsistent: [] })
      }),
    )
  })
})

describe('the end of a partition, as a client is told it', () => {
  const told = (client: string, offset: number, partition = 'orders-0'): KafkaEvent => {
    return { type: 'end-offset-listed', client, partition, offset, leaderEpoch: 1 }
  }

  it('goes back if it is lower than it was for this client and partition (RB-17)', () => {
    const fixture = new HistoryFixture()
    fixture.at(1, told('m', 10), told('n', 7), told('m', 3, 'orders-1'))
    fixture.at(2, told('m', 10), told('n', 8))
    fixture.at(3, told('m', 7), told('m', 9))
    expect(fixture.history.offsetRegressions.answers).toBe(7)
    expect(fixture.history.offsetRegressions.found).toEqual([
      { partition: 'orders-0', client: 'm', from: 10, to: 7, atUs: 3000 },
    ])
  })
})
