// Whoever follows a broker through a session knows of each partition what a full fetch of the same would tell, whatever
// happens to the broker, the session and the answers in between.

import fc from 'fast-check'
import { expect, it } from 'vitest'
import { FetchSessionHandler } from '../../src/client/fetch-session-handler.ts'
import type { ResponseOf } from '../../src/protocol/messages.ts'
import { FetchRig, led, topicsOf } from './fetch-rig.ts'
import { TOPIC_ID } from './fixture.ts'

const INDEXES = [0, 1, 2] as const
const index = fc.constantFrom(...INDEXES)

type PartitionData = ResponseOf<'Fetch'>['responses'][number]['partitions'][number]

const step = fc.oneof(
  { weight: 12, arbitrary: fc.record({ kind: fc.constant('fetch'), index }) },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('produce'), index }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('lose the answer'), index }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('lose the request'), index }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('evict'), index }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('elect'), index }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('learn'), index }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('delete records'), index }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('rewind'), index }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('overshoot'), index }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('want or not'), index }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('create'), index }) },
)

/** What is told of a partition besides records. */
function knowledge(data: PartitionData) {
  const { errorCode, highWatermark, logStartOffset, divergingEpoch } = data
  return { errorCode, highWatermark, logStartOffset, divergingEpoch }
}

class Follower {
  private readonly session = new FetchSessionHandler()
  private readonly known = new Map<number, ReturnType<typeof knowledge>>()
  readonly wanted = new Set<number>(INDEXES)
  readonly epochs = [1, 1, 1]
  readonly offsets = [0, 0, 0]
  readonly lastEpochs = [-1, -1, -1]
  private readonly rig: FetchRig
  sessionId = 0
  /** Answers that left something out. */
  fewer = 0

  constructor(rig: FetchRig) {
    this.rig = rig
  }

  fetch(fate: 'answered' | 'answer lost' | 'request lost'): void {
    if (this.wanted.size === 0) return
    const { session, rig, offsets, epochs, lastEpochs } = this
    session.begin()
    for (const i of this.wanted)
      session.want(TOPIC_ID, i, epochs[i] ?? 1, offsets[i] ?? 0, lastEpochs[i] ?? -1, -1, 1_000_000)
    const request = session.build()
    if (request === undefined) return
    if (fate !== 'request lost') rig.send({ ...request })
    if (fate !== 'answered') return session.fail()
    const answer = rig.answer
    // After a refusal the next fetch is full.
    if (!session.accept(answer)) return
    const read = new Set<number>()
    const told = answer.responses.flatMap(({ partitions }) => partitions)
    for (const data of told) {
      this.known.set(data.partitionIndex, knowledge(data))
      if ((data.records?.length ?? 0) > 0) read.add(data.partitionIndex)
    }
    this.sessionId = answer.sessionId
    this.compareWithFullFetch(read, new Set(told.map(({ partitionIndex }) => partitionIndex)))
    if (told.length < this.wanted.size) this.fewer += 1
    for (const i of read) offsets[i] = rig.replicas.hosted('orders', i)?.log.logEndOffset ?? 0
  }

  private compareWithFullFetch(read: ReadonlySet<number>, heardOf: ReadonlySet<number>): void {
    const asked = [...this.wanted].map((i) => ({
      partition: i,
      currentLeaderEpoch: this.epochs[i] ?? 1,
      fetchOffset: this.offsets[i] ?? 0,
      lastFetchedEpoch: this.lastEpochs[i] ?? -1,
      logStartOffset: -1,
      partitionMaxBytes: 1_000_000,
    }))
    this.rig.send({ topics: topicsOf(...asked) })
    for (const data of this.rig.answer.responses.flatMap(({ partitions }) => partitions)) {
      expect(this.known.get(data.partitionIndex)).toEqual(knowledge(data))
      expect(read.has(data.partitionIndex)).toBe((data.records?.length ?? 0) > 0)
      // What the fetcher must act on is told each time.
      if (data.errorCode !== 0 || data.divergingEpoch.epoch >= 0) expect(heardOf).toContain(data.partitionIndex)
    }
  }
}

it('a session tells what full fetches would', () => {
  let fewer = 0
  fc.assert(
    fc.property(fc.array(step, { minLength: 5, maxLength: 60 }), (steps) => {
      // Partition 2 comes to be on the way.
      const rig = new FetchRig()
      const follower = new Follower(rig)
      const epochs = [1, 1, 1]
      const lead = (i: number) => rig.publish(led(i, { leaderEpoch: epochs[i] ?? 1, partitionEpoch: epochs[i] ?? 1 }))
      for (const { kind, index: i } of steps) {
        const log = rig.replicas.hosted('orders', i)?.log
        switch (kind) {
          case 'fetch':
            follower.fetch('answered')
            break
          case 'lose the answer':
            follower.fetch('answer lost')
            break
          case 'lose the request':
            follower.fetch('request lost')
            break
          case 'produce':
            if (log !== undefined) rig.produce(1, { index: i })
            break
          case 'evict':
            rig.sessions.remove(follower.sessionId)
            break
          case 'elect':
            epochs[i] = (epochs[i] ?? 1) + 1
            if (log !== undefined) lead(i)
            break
          case 'learn':
            follower.epochs[i] = epochs[i] ?? 1
            break
          case 'delete records':
            log?.maybeIncrementLogStartOffset(log.highWatermark)
            break
          case 'rewind':
            follower.offsets[i] = 0
            follower.lastEpochs[i] = -1
            break
          case 'overshoot':
            // Beyond the log: out of range at first, then to be truncated.
            if (log !== undefined && follower.offsets[i] === log.logEndOffset + 1) follower.lastEpochs[i] = 1
            if (log !== undefined) follower.offsets[i] = log.logEndOffset + 1
            break
          case 'want or not':
            if (!follower.wanted.delete(i)) follower.wanted.add(i)
            break
          default:
            if (log === undefined) lead(i)
        }
      }
      // The first may be refused, but not the one after it.
      follower.fetch('answered')
      follower.fetch('answered')
      fewer += follower.fewer
    }),
    { seed: 67, numRuns: 150 },
  )
  // Else there were no sessions to speak of.
  expect(fewer).toBeGreaterThan(300)
})
