import { beforeEach, describe, expect, it } from 'vitest'
import { Errors } from '../../src/protocol/error-codes.ts'
import { batch, ConsumerRig, join } from './consumer-rig.ts'

describe('a consumer of assigned partitions', () => {
  let rig: ConsumerRig

  beforeEach(() => {
    rig = new ConsumerRig()
  })

  describe('its first position (C-6)', () => {
    it.each([
      ['earliest', -2],
      ['latest', -1],
    ])('%s asks the leader for timestamp %i', (policy, timestamp) => {
      rig.start({ 'auto.offset.reset': policy })
      const asked = rig.network.next('ListOffsets').body
      expect(asked.topics[0]?.partitions[0]).toEqual({ partitionIndex: 0, currentLeaderEpoch: 5, timestamp })
      expect(rig.fetches).toHaveLength(0)
      rig.begin(7)
      expect(rig.lastAsked()?.fetchOffset).toBe(7)
      expect(rig.moved).toEqual([])
    })

    it('none leaves it to the application', () => {
      rig.start({ 'auto.offset.reset': 'none' })
      expect(rig.network.requests('ListOffsets')).toHaveLength(0)
      expect(rig.consumer!.failures().get('orders-0')).toBe(
        'NoOffsetForPartitionException, with auto.offset.reset=none',
      )
    })

    it('is asked for again after an error', () => {
      rig.start()
      rig.network.next('ListOffsets').connection.lose()
      rig.clock.advance(500)
      rig.begin(7)
      expect(rig.position()).toBe(7)
    })
  })

  describe('reading', () => {
    it('hands over the records of each batch in order, and asks for what follows', () => {
      rig.start()
      rig.begin(0)
      rig.fetched(join(batch(0, 3), batch(3, 2, 6)))
      expect(rig.read).toEqual(['orders-0 e5 0 1 2', 'orders-0 e6 3 4'])
      expect(rig.lastAsked()).toMatchObject({ fetchOffset: 5, currentLeaderEpoch: 5, lastFetchedEpoch: -1 })
    })

    it('leaves out what lies before the position in a batch', () => {
      rig.start()
      rig.begin(2)
      rig.fetched(batch(0, 5))
      expect(rig.read).toEqual(['orders-0 e5 2 3 4'])
    })

    it('passes control records by (C-24)', () => {
      rig.start()
      rig.begin(0)
      rig.fetched(join(batch(0, 1, 5, true), batch(1, 1)))
      expect(rig.read).toEqual(['orders-0 e5 1'])
    })

    it('has one fetch on its way to each broker, for all it leads (C-3)', () => {
      rig.leaders = [1, 1, 2].map((leader) => ({ leader, epoch: 5 }))
      rig.start()
      for (let i = 0; i < 3; i++) rig.begin(0)
      expect(rig.fetches.map(({ to, body }) => [to, body.topics[0]?.partitions.length])).toEqual([
        ['broker-1', 1],
        ['broker-2', 1],
      ])
      rig.fetched(new Uint8Array(0))
      expect(rig.fetches.map(({ to, body }) => [to, body.topics[0]?.partitions.length]).at(-1)).toEqual(['broker-1', 2])
      expect(rig.fetches).toHaveLength(3)
    })

    it('reads only the partitions it was given', () => {
      rig.leaders = [1, 1, 1].map((leader) => ({ leader, epoch: 5 }))
      rig.start({}, [1])
      rig.begin(0)
      expect([...rig.consumer!.positions().keys()]).toEqual(['orders-1'])
    })

    it('asks for as much as its settings say', () => {
      rig.start({
        'fetch.max.wait.ms': 77,
        'fetch.min.bytes': 5,
        'fetch.max.bytes': 1000,
        'max.partition.fetch.bytes': 99,
      })
      rig.begin(0)
      expect(rig.fetches[0]?.body).toMatchObject({ maxWaitMs: 77, minBytes: 5, maxBytes: 1000, isolationLevel: 0 })
      expect(rig.lastAsked()?.partitionMaxBytes).toBe(99)
    })
  })

  describe('in a session with each broker (R-67)', () => {
    const latest = () => {
      const { sessionId, sessionEpoch, topics, forgottenTopicsData } = rig.fetches.at(-1)!.body
      const asked = topics.flatMap(({ partitions }) =>
        partitions.map(({ partition, fetchOffset }) => `${partition}@${fetchOffset}`),
      )
      return [sessionId, sessionEpoch, asked.join(' '), forgottenTopicsData.flatMap(({ partitions }) => partitions)]
    }

    it('says only what changed', () => {
      rig.start()
      rig.begin(0)
      expect(latest()).toEqual([0, 0, '0@0', []])
      rig.fetched(batch(0, 2), { sessionId: 7 })
      expect(latest()).toEqual([7, 1, '0@2', []])
      rig.fetchedNothing(7)
      expect(latest()).toEqual([7, 2, '', []])
    })

    it('forgets what it reads elsewhere', () => {
      rig.leaders = [1, 1].map((leader) => ({ leader, epoch: 5 }))
      rig.start()
      for (let i = 0; i < 2; i++) rig.begin(0)
      rig.fetched(new Uint8Array(0), { sessionId: 7 })
      expect(latest()).toEqual([7, 1, '1@0', []])
      rig.fetched(new Uint8Array(0), { sessionId: 7, preferred: 2 })
      const [first, second] = rig.fetches.slice(-2)
      expect([first?.to, second?.to]).toEqual(['broker-1', 'broker-2'])
      expect(first?.body).toMatchObject({ sessionId: 7, sessionEpoch: 2, forgottenTopicsData: [{ partitions: [1] }] })
      expect(second?.body).toMatchObject({ sessionId: 0, sessionEpoch: 0 })
    })

    it.each([
      [Errors.FETCH_SESSION_ID_NOT_FOUND, 0],
      [Errors.INVALID_FETCH_SESSION_EPOCH, 7],
    ])('asks for all at once, when its session is refused with %i', (errorCode, closes) => {
      rig.start()
      rig.begin(0)
      rig.fetched(batch(0, 2), { sessionId: 7 })
      rig.fetchedNothing(0, errorCode)
      expect(latest()).toEqual([closes, 0, '0@2', []])
    })

    it('asks for metadata too, when topic ids do not fit the session', () => {
      rig.start()
      rig.begin(0)
      rig.fetched(batch(0, 2), { sessionId: 7 })
      const before = rig.network.requests('Metadata').length
      rig.fetchedNothing(0, Errors.FETCH_SESSION_TOPIC_ID_ERROR)
      rig.clock.advance(1000)
      expect(rig.network.requests('Metadata').length).toBe(before + 1)
      expect(latest()).toEqual([7, 0, '0@2', []])
    })

    it('closes its session and asks for another, when an answer is lost', () => {
      rig.start()
      rig.begin(0)
      rig.fetched(batch(0, 2), { sessionId: 7 })
      rig.network.next('Fetch').connection.lose()
      rig.settle()
      rig.clock.advance(1000)
      expect(latest()).toEqual([7, 0, '0@2', []])
    })
  })

  describe('rotten bytes never reach the application (C-9)', () => {
    it.each([
      ['a flipped bit in a record', (bytes: Uint8Array) => void (bytes[70]! ^= 1)],
      ['a length that leads nowhere', (bytes: Uint8Array) => void (bytes[8]! ^= 0x7f)],
      ['another magic', (bytes: Uint8Array) => void (bytes[16] = 9)],
    ])('%s: what came before is read, and the rest fetched again after a back-off', (_, spoil) => {
      rig.start()
      rig.begin(0)
      rig.fetched(batch(0, 2))
      const bad = batch(2, 2)
      spoil(bad)
      rig.fetched(bad)
      expect(rig.read).toEqual(['orders-0 e5 0 1'])
      expect(rig.position()).toBe(2)
      expect(rig.network.open('Fetch')).toHaveLength(0)
      rig.clock.advance(100)
      rig.fetched(batch(2, 2))
      expect(rig.read.at(-1)).toBe('orders-0 e5 2 3')
    })

    it('unless check.crcs is off: then a flipped bit is handed over', () => {
      rig.start({ 'check.crcs': false })
      rig.begin(0)
      const bad = batch(0, 1)
      bad[bad.length - 2]! ^= 1
      rig.fetched(bad)
      expect(rig.read).toEqual(['orders-0 e5 0'])
    })
  })

  describe('OFFSET_OUT_OF_RANGE (C-7)', () => {
    it('resets by policy, and tells', () => {
      rig.start()
      rig.begin(0)
      rig.fetched(batch(0, 9))
      rig.refused(Errors.OFFSET_OUT_OF_RANGE)
      rig.begin(4)
      expect(rig.moved).toEqual(['orders-0 9 → 4'])
      expect(rig.lastAsked()?.fetchOffset).toBe(4)
    })
  })

  describe('errors that pass (C-9)', () => {
    it('a new leader is found by metadata, and the position stays', () => {
      rig.start()
      rig.begin(3)
      rig.elect(2, 6)
      expect(rig.fetches.at(-1)?.to).toBe('broker-2')
      expect(rig.lastAsked()).toMatchObject({ fetchOffset: 3, currentLeaderEpoch: 6 })
    })

    it('a new leader that the answer names is turned to at once (KIP-951)', () => {
      rig.start()
      rig.begin(3)
      const leader = { leaderId: 2, leaderEpoch: 6 }
      rig.fetched(new Uint8Array(0), { errorCode: Errors.FENCED_LEADER_EPOCH, leader })
      expect(rig.fetches.at(-1)?.to).toBe('broker-2')
      expect(rig.lastAsked()).toMatchObject({ currentLeaderEpoch: 6 })
    })

    it('a broken connection is made anew', () => {
      rig.start()
      rig.begin(3)
      rig.network.next('Fetch').connection.lose()
      rig.clock.advance(500)
      expect(rig.network.open('Fetch')).toHaveLength(1)
    })
  })

  it('before 2.3 fetches on after a change of leader, at whatever is there now (`consumerValidatesPosition`, RB-41)', () => {
    rig.start({}, 'all', { consumerValidatesPosition: false })
    rig.begin(0)
    rig.fetched(batch(0, 9))
    rig.elect(2, 6)
    expect(rig.network.requests('OffsetForLeaderEpoch')).toEqual([])
    const fetch = rig.network.next('Fetch')
    expect(fetch.body.topics[0]?.partitions[0]).toMatchObject({ fetchOffset: 9, currentLeaderEpoch: 6 })
  })

  it('takes no word on its position from a leader that was replaced meanwhile, and asks the new one (R-132)', () => {
    rig.start({ 'metadata.max.age.ms': 2000 })
    rig.begin(0)
    rig.fetched(batch(0, 9))
    rig.elect(2, 6)
    const asked = () => rig.network.open('OffsetForLeaderEpoch').map(({ to }) => to)
    expect(asked()).toEqual(['broker-2'])
    rig.leaders = [{ leader: 3, epoch: 7 }]
    rig.clock.advance(2000)
    rig.epochEnds(-1, -1)
    expect(rig.network.open('ListOffsets')).toEqual([])
    expect(asked()).toEqual(['broker-3'])
    rig.epochEnds(5, 9)
    expect(rig.fetches.at(-1)?.to).toBe('broker-3')
    expect([rig.position(), rig.moved]).toEqual([9, []])
  })

  describe('after a change of leader it makes sure of its position (KIP-320, R-132)', () => {
    beforeEach(() => {
      rig.start()
      rig.begin(0)
      rig.fetched(batch(0, 9))
      rig.elect(2, 6)
    })

    const isFetching = () => rig.network.open('Fetch').length > 0

    it('asks the new leader for the end of the epoch of its last record, and fetches nothing until then (C-8)', () => {
      const asked = rig.network.next('OffsetForLeaderEpoch')
      expect(asked.to).toBe('broker-2')
      expect(asked.body.topics[0]?.partitions[0]).toEqual({ partition: 0, currentLeaderEpoch: 6, leaderEpoch: 5 })
      expect(isFetching()).toBe(false)
    })

    it('goes on if the new leader has the log up to there', () => {
      rig.epochEnds(5, 9)
      expect(rig.lastAsked()).toMatchObject({ fetchOffset: 9, currentLeaderEpoch: 6 })
      expect(rig.moved).toEqual([])
    })

    it('goes back if it was truncated, and tells', () => {
      rig.epochEnds(4, 6)
      expect(rig.moved).toEqual(['orders-0 9 → 6'])
      expect(rig.lastAsked()?.fetchOffset).toBe(6)
      rig.fetched(batch(6, 1, 6))
      expect(rig.read.at(-1)).toBe('orders-0 e6 6')
    })

    it('resets if the leader cannot tell', () => {
      rig.epochEnds(-1, -1)
      expect(rig.network.open('ListOffsets')).toHaveLength(1)
    })

    it('asks again when refused', () => {
      rig.epochEnds(-1, -1, Errors.UNKNOWN_LEADER_EPOCH)
      rig.clock.advance(100)
      rig.epochEnds(5, 9)
      expect(isFetching()).toBe(true)
    })

    it('drops what an earlier fetch brings meanwhile (C-4)', () => {
      rig.epochEnds(4, 6)
      const stale = rig.network.next('Fetch')
      rig.leaders = [{ leader: 2, epoch: 7 }]
      rig.fetched(batch(6, 2, 6), { request: stale })
      expect(rig.read.at(-1)).toBe('orders-0 e6 6 7')
    })
  })
})
