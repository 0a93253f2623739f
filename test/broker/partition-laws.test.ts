import fc from 'fast-check'
import { expect, it } from 'vitest'
import { Errors } from '../../src/protocol/error-codes.ts'
import { Fixture, follow, LAG_MS, produce, state } from './fixture.ts'

const step = fc.oneof(
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('produce' as const), count: fc.integer({ min: 1, max: 3 }) }) },
  {
    weight: 8,
    arbitrary: fc.record({ kind: fc.constant('fetch' as const), id: fc.constantFrom(2, 3), behind: fc.nat(4) }),
  },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('pass' as const), ms: fc.integer({ min: 1, max: LAG_MS }) }) },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant('answer' as const),
      error: fc.constantFrom(
        Errors.NONE,
        Errors.NONE,
        Errors.INELIGIBLE_REPLICA,
        Errors.INVALID_UPDATE_VERSION,
        Errors.UNKNOWN_SERVER_ERROR,
      ),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant('fence' as const), id: fc.constantFrom(2, 3), on: fc.boolean() }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant('metadata' as const), isr: fc.subarray([2, 3]), bump: fc.boolean() }),
  },
)

it('whatever happens, a leader raises its high watermark only with cause, and never lowers it (RI-4, RI-10, RI-13)', () => {
  const raises = { count: 0 }
  fc.assert(
    fc.property(fc.array(step, { minLength: 10, maxLength: 60 }), fc.constantFrom(1, 2), (steps, minIsr) => {
      const fixture = new Fixture()
      const partition = fixture.leader(minIsr)
      const { clock } = fixture.host
      let before = partition.log.highWatermark
      let answered = 0
      for (const action of steps) {
        switch (action.kind) {
          case 'produce':
            produce(partition, action.count)
            break
          case 'fetch':
            follow(partition, action.id, Math.max(0, partition.log.logEndOffset - action.behind))
            break
          case 'pass':
            clock.advance(action.ms)
            partition.maybeShrinkIsr(clock.wallMs())
            break
          case 'answer':
            if (answered === fixture.alter.submitted.length) break
            answered = fixture.alter.submitted.length
            if (action.error === Errors.NONE) fixture.alter.accept()
            else fixture.alter.refuse(action.error)
            break
          case 'fence':
            fixture.register(action.id, { fenced: action.on })
            break
          case 'metadata':
            partition.makeLeader(
              state({
                isr: [1, ...action.isr],
                leaderEpoch: partition.leaderEpoch + (action.bump ? 1 : 0),
                partitionEpoch: partition.partitionEpoch + 1,
              }),
            )
            break
        }
        const { committedIsr, maximalIsr, isrChangeInFlight, remoteReplicas, log } = partition
        expect(maximalIsr).toEqual(expect.arrayContaining([...committedIsr]))
        if (!isrChangeInFlight) expect(maximalIsr).toEqual(committedIsr)
        expect(committedIsr).toContain(1)
        const now = log.highWatermark
        expect(now).toBeGreaterThanOrEqual(before)
        expect(now).toBeLessThanOrEqual(log.logEndOffset)
        if (now > before) {
          raises.count += 1
          expect(committedIsr.length).toBeGreaterThanOrEqual(minIsr)
          for (const member of maximalIsr) {
            if (member !== 1) expect(remoteReplicas.get(member)?.logEndOffset).toBeGreaterThanOrEqual(now)
          }
        }
        before = now
      }
    }),
  )
  // Not for want of trying.
  expect(raises.count).toBeGreaterThan(100)
})
