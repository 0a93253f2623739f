import { beforeEach, describe, expect, it } from 'vitest'
import { Errors } from '../../src/protocol/error-codes.ts'
import { batch, ConsumerRig } from './consumer-rig.ts'

const NOTHING = new Uint8Array(0)
/** Less than a request may take. */
const MAX_AGE_MS = 20_000

describe('a consumer that its leader sends to a follower (KIP-392, R-130)', () => {
  let rig: ConsumerRig

  beforeEach(() => {
    rig = new ConsumerRig()
    rig.start({ 'client.rack': 'b', 'metadata.max.age.ms': MAX_AGE_MS })
    rig.begin(0)
    rig.fetched(NOTHING, { preferred: 2 })
  })

  const asks = () => rig.fetches.at(-1)?.to

  it('says its rack, goes there at once, and stays', () => {
    expect(rig.fetches[0]).toMatchObject({ to: 'broker-1', body: { rackId: 'b' } })
    expect(asks()).toBe('broker-2')
    rig.fetched(batch(0, 3))
    expect(rig.read).toEqual(['orders-0 e5 0 1 2'])
    expect(asks()).toBe('broker-2')
    expect(rig.lastAsked()).toMatchObject({ fetchOffset: 3, currentLeaderEpoch: 5 })
  })

  it('asks the leader again when metadata.max.age.ms are over', () => {
    rig.clock.advance(MAX_AGE_MS)
    rig.fetched(NOTHING)
    expect(asks()).toBe('broker-2')
    rig.clock.advance(1)
    rig.fetched(NOTHING)
    expect(asks()).toBe('broker-1')
  })

  it('that is named again is not kept longer', () => {
    rig.clock.advance(MAX_AGE_MS - 10)
    rig.fetched(NOTHING, { preferred: 2 })
    rig.clock.advance(11)
    rig.fetched(NOTHING)
    expect(asks()).toBe('broker-1')
  })

  it('goes back to the leader when the follower has not got its offset, without a reset (R-131)', () => {
    rig.fetched(batch(0, 3))
    rig.refused(Errors.OFFSET_OUT_OF_RANGE)
    expect(asks()).toBe('broker-1')
    expect(rig.lastAsked()?.fetchOffset).toBe(3)
    expect(rig.moved).toEqual([])
    rig.refused(Errors.OFFSET_OUT_OF_RANGE)
    expect(rig.network.open('ListOffsets')).toHaveLength(1)
  })

  it.each(['NOT_LEADER_OR_FOLLOWER', 'KAFKA_STORAGE_ERROR', 'FENCED_LEADER_EPOCH', 'OFFSET_NOT_AVAILABLE'] as const)(
    'goes back to the leader after %s',
    (error) => {
      rig.refused(Errors[error])
      rig.clock.advance(1000)
      expect(asks()).toBe('broker-1')
    },
  )

  it('stays with a follower that has not heard of the epoch yet', () => {
    rig.refused(Errors.UNKNOWN_LEADER_EPOCH)
    rig.clock.advance(1000)
    expect(asks()).toBe('broker-2')
  })

  it('goes back to the leader when the connection is lost', () => {
    rig.network.next('Fetch').connection.lose()
    rig.clock.advance(1000)
    expect(asks()).toBe('broker-1')
  })

  it('goes back to the leader, whoever that is, when leadership changes', () => {
    rig.elect(3, 6)
    rig.fetched(NOTHING)
    expect(asks()).toBe('broker-3')
  })

  it('does not go to one that metadata says is down', () => {
    rig.offline = [2]
    rig.clock.advance(MAX_AGE_MS - 1)
    rig.elect(1, 5)
    rig.fetched(NOTHING)
    expect(asks()).toBe('broker-1')
  })
})
