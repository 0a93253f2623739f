import { beforeEach, describe, expect, it } from 'vitest'
import { sleepUntil } from '../../../src/client/group/blocking.ts'
import type { ConsumerError } from '../../../src/client/group/pending.ts'
import { Errors } from '../../../src/protocol/error-codes.ts'
import { batch, join } from '../consumer-rig.ts'
import { GroupRig } from './group-rig.ts'

let rig: GroupRig

beforeEach(() => {
  rig = new GroupRig()
})

const commits = () => rig.told.filter((line) => line.startsWith('commit'))

describe('automatic commits (C-15)', () => {
  it('are made inside poll, when auto.commit.interval.ms has passed since the assignment', () => {
    rig.logEnd = 3
    rig.start()
    rig.joinWith([0])
    rig.clock.advance(4900)
    expect(commits()).toEqual([])
    rig.clock.advance(200)
    expect(commits()).toEqual(['commit auto g1 0@3'])
    rig.clock.advance(5000)
    expect(commits()).toHaveLength(2)
  })

  it('cover what earlier polls returned, processed or not: never the poll they are made in', () => {
    rig.logEnd = 30
    rig.start({ 'max.poll.records': 10 })
    rig.onRecords = function* () {
      yield* sleepUntil(rig, rig.clock.monotonicMs() + 3000)
    }
    rig.joinWith([0])
    rig.clock.advance(5900)
    expect(rig.count('OffsetCommit')).toBe(0)
    rig.clock.advance(200)
    const offsets = rig.network
      .requests('OffsetCommit')
      .map(({ body }) => body.topics[0]?.partitions[0]?.committedOffset)
    expect(offsets).toEqual([20])
    expect(rig.told).toContain('read 0: 20 21 22 23 24 25 26 27 28 29')
  })

  it('are not made while the application is busy', () => {
    rig.logEnd = 1
    rig.onRecords = function* () {
      yield* sleepUntil(rig, rig.clock.monotonicMs() + 60_000)
    }
    rig.start()
    rig.joinWith([0])
    rig.clock.advance(50_000)
    expect(commits()).toEqual([])
  })

  it('are tried again after retry.backoff.ms when the coordinator could not take them', () => {
    rig.logEnd = 1
    rig.failNext('OffsetCommit', Errors.COORDINATOR_LOAD_IN_PROGRESS)
    rig.start()
    rig.joinWith([0])
    rig.clock.advance(5900)
    expect(commits()).toEqual(['commit auto g1 0@1 COORDINATOR_LOAD_IN_PROGRESS', 'commit auto g1 0@1'])
  })

  it('are not made at all with enable.auto.commit=false', () => {
    rig.logEnd = 1
    rig.start({ 'enable.auto.commit': false })
    rig.joinWith([0])
    rig.clock.advance(20_000)
    expect(commits()).toEqual([])
  })
})

describe('commitSync (C-18)', () => {
  const MANUAL = { 'enable.auto.commit': false }

  beforeEach(() => {
    rig.logEnd = 1
    rig.onRecords = function* (consumer) {
      yield* consumer.commitSync()
      rig.told.push('went on')
    }
  })

  it.each([
    ['COORDINATOR_LOAD_IN_PROGRESS', Errors.COORDINATOR_LOAD_IN_PROGRESS],
    ['NOT_COORDINATOR', Errors.NOT_COORDINATOR],
    ['COORDINATOR_NOT_AVAILABLE', Errors.COORDINATOR_NOT_AVAILABLE],
    ['REQUEST_TIMED_OUT', Errors.REQUEST_TIMED_OUT],
  ])('is retried after %s', (name, errorCode) => {
    rig.failNext('OffsetCommit', errorCode)
    rig.start(MANUAL)
    rig.joinWith([0])
    rig.clock.advance(1000)
    expect(commits()).toEqual([`commit sync g1 0@1 ${name}`, 'commit sync g1 0@1'])
    expect(rig.told.at(-1)).toBe('went on')
  })

  it.each([
    ['UNKNOWN_MEMBER_ID', Errors.UNKNOWN_MEMBER_ID, 'CommitFailedException'],
    ['ILLEGAL_GENERATION', Errors.ILLEGAL_GENERATION, 'CommitFailedException'],
    ['REBALANCE_IN_PROGRESS', Errors.REBALANCE_IN_PROGRESS, 'RebalanceInProgressException'],
    ['FENCED_INSTANCE_ID', Errors.FENCED_INSTANCE_ID, 'FENCED_INSTANCE_ID'],
    // Retriable elsewhere, but nothing that a commit is known to be answered.
    ['NOT_ENOUGH_REPLICAS', Errors.NOT_ENOUGH_REPLICAS, 'KafkaException'],
  ])('throws on %s', (_name, errorCode, thrown) => {
    rig.failNext('OffsetCommit', errorCode)
    rig.start(MANUAL)
    rig.joinWith([0])
    expect(rig.failure?.code).toBe(thrown)
  })

  it('gives up after default.api.timeout.ms', () => {
    rig.network.always('OffsetCommit', () => {})
    rig.start({ ...MANUAL, 'default.api.timeout.ms': 20_000, 'max.poll.interval.ms': 100_000 })
    rig.network.always('OffsetCommit', () => {})
    rig.joinWith([0])
    rig.clock.advance(19_900)
    expect(rig.failure).toBeUndefined()
    rig.clock.advance(200)
    expect(rig.failure?.code).toBe('TimeoutException')
  })
})

describe('commitAsync (C-18)', () => {
  it('is tried once, and told of at a later poll', () => {
    const answers: (ConsumerError | undefined)[] = []
    rig.logEnd = 1
    rig.onRecords = function* (consumer) {
      consumer.commitAsync((error) => void answers.push(error))
      yield* sleepUntil(rig, rig.clock.monotonicMs() + 2000)
    }
    rig.failNext('OffsetCommit', Errors.COORDINATOR_LOAD_IN_PROGRESS)
    rig.start({ 'enable.auto.commit': false })
    rig.joinWith([0])
    rig.clock.advance(1900)
    expect(answers).toEqual([])
    rig.clock.advance(200)
    expect(answers.map((error) => error?.code)).toEqual(['RetriableCommitFailedException'])
    expect(rig.count('OffsetCommit')).toBe(1)
  })
})

describe('what poll returns (C-3, C-4)', () => {
  it('is at most max.poll.records; the rest waits, and nothing more is fetched of that partition meanwhile', () => {
    rig.logEnd = 10
    rig.start({ 'max.poll.records': 4, 'enable.auto.commit': false })
    rig.onRecords = function* () {
      yield* sleepUntil(rig, rig.clock.monotonicMs() + 100)
    }
    rig.joinWith([0])
    rig.clock.advance(50)
    expect(rig.told.slice(1)).toEqual(['read 0: 0 1 2 3'])
    expect(rig.count('Fetch')).toBe(1)
    rig.clock.advance(200)
    expect(rig.told.slice(1)).toEqual(['read 0: 0 1 2 3', 'read 0: 4 5 6 7', 'read 0: 8 9'])
    expect(rig.count('Fetch')).toBe(2)
  })

  it('ends before what cannot be read; the next one throws, and so do all until the application seeks elsewhere (C-9)', () => {
    const rotten = batch(2, 2)
    rotten[rotten.length - 1]! ^= 1
    rig.logEnd = 4
    rig.start({ 'enable.auto.commit': false })
    rig.network.always('Fetch', (request) => {
      const { fetchOffset } = request.body.topics[0]!.partitions[0]!
      const records = fetchOffset === 0 ? join(batch(0, 2), rotten) : batch(fetchOffset, Math.max(1, 6 - fetchOffset))
      rig.answerFetch(request, Errors.NONE, records)
    })
    rig.joinWith([0])
    expect(rig.told.slice(1)).toEqual(['read 0: 0 1', 'failed KafkaException'])
    expect(rig.consumer.positions().get('orders-0')).toBe(2)
    expect(rig.events('bytes-refused')).toMatchObject([
      { type: 'bytes-refused', by: 'consumer', partition: 'orders-0' },
    ])
    const seen: string[] = []
    rig.consumer.run(
      (function* () {
        try {
          yield* rig.consumer.poll(1000)
        } catch (error) {
          seen.push((error as ConsumerError).code)
        }
        rig.consumer.seek('orders-0', 4)
        for (const { records } of yield* rig.consumer.poll(1000))
          seen.push(records.map(({ offset }) => offset).join(' '))
      })(),
    )
    rig.clock.advance(100)
    expect(seen).toEqual(['KafkaException', '4 5'])
  })

  it('leaves out paused partitions, and what was fetched for a position that moved', () => {
    rig.logEnd = 10
    rig.start({ 'max.poll.records': 4, 'enable.auto.commit': false })
    let polls = 0
    rig.onRecords = function* (consumer) {
      polls += 1
      if (polls === 1) consumer.pause('orders-0')
      if (polls === 2) consumer.resume('orders-0')
      if (polls === 2) consumer.seek('orders-0', 8)
      yield* sleepUntil(rig, rig.clock.monotonicMs() + 10)
    }
    rig.joinWith([0, 1])
    rig.clock.advance(1000)
    expect(rig.told.slice(1, 4)).toEqual(['read 0: 0 1 2 3', 'read 1: 0 1 2 3', 'read 1: 4 5 6 7'])
    expect(rig.told.slice(4)).toContain('read 0: 8 9')
    expect(rig.told).not.toContain('read 0: 4 5 6 7')
  })
})
