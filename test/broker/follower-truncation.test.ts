import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type FollowerLog, truncationFor } from '../../src/broker/follower-truncation.ts'

type Epochs = readonly (readonly [epoch: number, start: number])[]

/** A log that ends at `logEndOffset`, with these epochs. */
function logOf(epochs: Epochs, logEndOffset: number): FollowerLog {
  return {
    logEndOffset,
    endOffsetFor(asked) {
      const first = epochs[0]
      if (first === undefined) return undefined
      const at = epochs.findLastIndex(([epoch]) => epoch <= asked)
      if (at < 0) return { epoch: asked, endOffset: first[1] }
      return { epoch: epochs[at]![0], endOffset: epochs[at + 1]?.[1] ?? logEndOffset }
    },
  }
}

describe('where a follower cuts its log (R-63)', () => {
  const epochs: Epochs = [
    [1, 0],
    [3, 10],
    [5, 20],
  ]
  const log = logOf(epochs, 30)
  const FALLBACK = 7

  // prettier-ignore
  it.each([
    [-1, -1, FALLBACK, true,  'the leader cannot tell: where fetching began'],
    [-1, 12, 12,       true,  'an answer without an epoch: its offset'],
    [-1, 99, 30,       true,  'but not beyond our end'],
    [5,  25, 25,       true,  'our epoch, which ended earlier on the leader'],
    [5,  40, 30,       true,  'our epoch, which goes on longer on the leader'],
    [3,  15, 15,       true,  'an earlier epoch of ours, which ended earlier on the leader'],
    [3,  25, 20,       true,  'an earlier epoch of ours, which we ended earlier'],
    [4,  22, 20,       false, 'an epoch we do not have: to the end of the one before it, and ask again (KIP-279)'],
    [2,  5,  10,       false, 'whatever offset it says'],
    [0,  5,  0,        true,  'an epoch before all of ours: to our start'],
  ])('leader says epoch %i ends at %i: cut at %i, done %s (%s)', (epoch, endOffset, offset, complete) => {
    expect(truncationFor(log, { epoch, endOffset }, FALLBACK)).toEqual({ offset, complete })
  })

  const histories = fc
    .array(fc.tuple(fc.integer({ min: 1, max: 3 }), fc.integer({ min: 0, max: 4 })), { minLength: 1, maxLength: 5 })
    .map((steps) => {
      const made: [number, number][] = []
      let epoch = 0
      let start = 0
      for (const [more, length] of steps) {
        epoch += more
        made.push([epoch, start])
        start += length
      }
      return { epochs: made, end: start }
    })

  it('a log without epochs is cut to what the leader says', () => {
    expect(truncationFor(logOf([], 30), { epoch: 4, endOffset: 22 }, FALLBACK)).toEqual({ offset: 22, complete: true })
  })

  it('asking as long as the leader objects ends, with a last epoch that the leader has (the KIP-279 loop)', () => {
    fc.assert(
      fc.property(histories, histories, (leader, follower) => {
        const leaderLog = logOf(leader.epochs, leader.end)
        let own = follower.epochs
        let end = follower.end
        for (let round = 0; ; round++) {
          expect(round).toBeLessThan(10)
          const last = own.at(-1)
          if (last === undefined) break
          const answer = leaderLog.endOffsetFor(last[0])!
          // What the leader compares with a fetch at our end.
          if (answer.epoch === last[0] && answer.endOffset >= end) break
          const { offset } = truncationFor(logOf(own, end), answer, 0)
          expect(offset).toBeLessThanOrEqual(end)
          end = offset
          own = own.filter(([, start]) => start < offset)
        }
        const lastEpoch = end > 0 ? own.at(-1)?.[0] : undefined
        if (lastEpoch !== undefined) expect(leader.epochs.map(([epoch]) => epoch)).toContain(lastEpoch)
      }),
    )
  })
})
