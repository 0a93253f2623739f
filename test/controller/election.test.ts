import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { electLeader, type ElectionKind } from '../../src/controller/election.ts'

const NO_ELR = { targetElr: [], lastKnownLeader: undefined, checkLastKnownAlive: true }

describe('whom the controller makes leader (R-97)', () => {
  // prettier-ignore
  const TABLE: readonly (readonly [kind: ElectionKind, ar: number[], isr: number[], leader: number, acceptable: number[], elected: number, unclean: boolean, why: string])[] = [
    ['online',    [1, 2, 3], [1, 2, 3], 2,  [1, 2, 3], 2,  false, 'a valid leader stays, preferred or not'],
    ['online',    [1, 2, 3], [2, 3],    -1, [1, 2, 3], 2,  false, 'the first of the ISR in replica order'],
    ['online',    [3, 2, 1], [1, 2],    -1, [1, 2, 3], 2,  false, 'in replica order, not in that of the ISR'],
    ['online',    [1, 2, 3], [1, 2, 3], 1,  [2, 3],    2,  false, 'a leader that is not acceptable is replaced'],
    ['online',    [1, 2, 3], [2, 3],    1,  [1, 2, 3], 2,  false, 'a leader outside the ISR is replaced'],
    ['online',    [1, 2, 3], [1],       -1, [2, 3],    -1, false, 'nobody rather than one outside the ISR'],
    ['preferred', [1, 2, 3], [1, 2, 3], 2,  [1, 2, 3], 1,  false, 'the first replica'],
    ['preferred', [1, 2, 3], [2, 3],    3,  [1, 2, 3], 3,  false, 'the leader stays if the first is not in the ISR'],
    ['preferred', [1, 2, 3], [1, 2, 3], 3,  [2, 3],    3,  false, 'the leader stays if the first is not acceptable'],
    ['preferred', [1, 2, 3], [2, 3],    -1, [1, 2, 3], 2,  false, 'the first valid one if there is no leader'],
    ['preferred', [1, 2, 3], [1],       -1, [2, 3],    -1, false, 'never an unclean one'],
    ['unclean',   [1, 2, 3], [2],       -1, [1, 2, 3], 2,  false, 'a clean one if there is any'],
    ['unclean',   [1, 2, 3], [1],       -1, [2, 3],    2,  true,  'the first acceptable replica'],
    ['unclean',   [1, 2, 3], [1],       -1, [],        -1, false, 'nobody if nobody is acceptable'],
  ]

  it.each(TABLE)('%s, AR %j, ISR %j, leader %i, acceptable %j → %i (unclean %s): %s', (...row) => {
    const [kind, replicas, targetIsr, currentLeader, acceptable, leader, unclean] = row
    const isAcceptable = (broker: number) => acceptable.includes(broker)
    expect(electLeader(kind, { ...NO_ELR, replicas, targetIsr, currentLeader, isAcceptable })).toEqual({
      leader,
      unclean,
    })
  })

  it('a clean leader is always an acceptable member of the target ISR (RI-1)', () => {
    const brokers = fc.uniqueArray(fc.integer({ min: 1, max: 5 }), { minLength: 1 })
    fc.assert(
      fc.property(
        fc.constantFrom<ElectionKind>('online', 'preferred', 'unclean'),
        brokers,
        fc.subarray([1, 2, 3, 4, 5]),
        fc.subarray([1, 2, 3, 4, 5]),
        fc.integer({ min: -1, max: 5 }),
        (kind, replicas, members, acceptable, leader) => {
          const targetIsr = members.filter((member) => replicas.includes(member))
          const isAcceptable = (broker: number) => acceptable.includes(broker)
          const currentLeader = replicas.includes(leader) ? leader : -1
          const result = electLeader(kind, { ...NO_ELR, replicas, targetIsr, currentLeader, isAcceptable })
          if (result.leader === -1) {
            expect(targetIsr.filter(isAcceptable)).toEqual([])
            return
          }
          expect(isAcceptable(result.leader)).toBe(true)
          expect(targetIsr.includes(result.leader)).toBe(!result.unclean)
          expect(result.unclean && kind !== 'unclean').toBe(false)
        },
      ),
    )
  })
})

describe('with eligible leader replicas (R-97, R-100, R-101)', () => {
  // prettier-ignore
  const TABLE: readonly (readonly [kind: ElectionKind, isr: number[], elr: number[], lastKnown: number | undefined, acceptable: number[], elected: number, unclean: boolean, why: string])[] = [
    ['online',    [],  [2, 3], 1,         [1, 2, 3], 2,  false, 'the first eligible one in replica order, once the ISR is empty'],
    ['online',    [],  [2, 3], 1,         [1, 3],    3,  false, 'that is acceptable'],
    ['online',    [1], [2, 3], undefined, [2, 3],    -1, false, 'not while the ISR has a member, dead as it may be'],
    ['preferred', [],  [1, 3], undefined, [1, 2, 3], 1,  false, 'the preferred one may be eligible'],
    ['preferred', [],  [3],    undefined, [1, 2, 3], 3,  false, 'and if it is not, another'],
    ['online',    [],  [3],    1,         [1, 2],    -1, false, 'nobody outside, while somebody is eligible'],
    ['online',    [],  [],     3,         [1, 2, 3], 3,  true,  'the last known leader when nobody is eligible'],
    ['preferred', [],  [],     3,         [1, 2, 3], 3,  true,  'in a preferred election too'],
    ['online',    [],  [],     3,         [1, 2],    -1, false, 'if it is alive'],
    ['unclean',   [],  [],     3,         [1, 2, 3], 3,  true,  'before any other in an unclean election'],
    ['unclean',   [],  [],     3,         [1, 2],    1,  true,  'and if it is dead, the first acceptable'],
    ['unclean',   [],  [3],    undefined, [1, 2],    1,  true,  'whom an unclean election takes also while somebody is eligible'],
  ]

  it.each(TABLE)('%s, ISR %j, ELR %j, last known %s, acceptable %j → %i (unclean %s): %s', (...row) => {
    const [kind, targetIsr, targetElr, lastKnownLeader, acceptable, leader, unclean] = row
    const isAcceptable = (broker: number) => acceptable.includes(broker)
    const candidates = { replicas: [1, 2, 3], targetIsr, targetElr, currentLeader: -1, lastKnownLeader, isAcceptable }
    expect(electLeader(kind, { ...candidates, checkLastKnownAlive: true })).toEqual({ leader, unclean })
  })

  it('before 4.1 the last known leader is elected though it is dead (RB-33, KAFKA-19522)', () => {
    const dead = { ...NO_ELR, replicas: [1, 2, 3], targetIsr: [], currentLeader: -1, lastKnownLeader: 3 }
    const result = electLeader('online', { ...dead, checkLastKnownAlive: false, isAcceptable: () => false })
    expect(result).toEqual({ leader: 3, unclean: true })
  })
})
