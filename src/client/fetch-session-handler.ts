// The fetcher's side of a fetch session with one broker (KIP-227, R-67), of followers and consumers: of what it wants, it
// sends what is new or changed. Whatever goes wrong, the next fetch is full and asks for a new session.
// Requests name topics by id; partitions of one topic stay together, where Kafka keeps the order they were added in.

import { assert } from '../../sim/assert.ts'
import { Errors } from '../protocol/error-codes.ts'
import type { RequestOf, ResponseOf } from '../protocol/messages.ts'
import { ZERO_UUID } from '../protocol/uuid.ts'

type FetchBody = RequestOf<'Fetch'>
export type AskedTopic = FetchBody['topics'][number]
export type AskedPartition = AskedTopic['partitions'][number]
type ForgottenTopic = FetchBody['forgottenTopicsData'][number]

/** The part of a Fetch request that is about its session. */
export interface SessionRequest {
  readonly sessionId: number
  readonly sessionEpoch: number
  readonly topics: readonly AskedTopic[]
  readonly forgottenTopicsData: readonly ForgottenTopic[]
}

const NO_SESSION = 0
/** Of a full fetch: it opens a session, and closes the one it names. */
const INITIAL_EPOCH = 0
const MAX_EPOCH = 2_147_483_647

/** A partition of the session, as the broker knows it. */
interface InSession {
  asked: AskedPartition
  /** Number of the last request that wanted it. */
  round: number
  /** Number of the last request whose answer had it. */
  answered: number
}

interface GrowingTopic {
  readonly topic: string
  readonly topicId: string
  readonly partitions: AskedPartition[]
}

export class FetchSessionHandler {
  /** By topic id and index. */
  private readonly topics = new Map<string, (InSession | undefined)[]>()
  private size = 0
  private sessionId = NO_SESSION
  /** Of the next request. */
  private epoch = INITIAL_EPOCH
  private round = 0
  private wanted = 0
  private changed: GrowingTopic[] = []

  get isFull(): boolean {
    return this.epoch === INITIAL_EPOCH
  }

  /** A new request: whatever is not wanted now will be forgotten. */
  begin(): void {
    this.round += 1
    this.wanted = 0
    this.changed = []
    if (!this.isFull) return
    this.topics.clear()
    this.size = 0
  }

  want(
    topicId: string,
    partition: number,
    currentLeaderEpoch: number,
    fetchOffset: number,
    lastFetchedEpoch: number,
    logStartOffset: number,
    partitionMaxBytes: number,
  ): void {
    const topic = this.topic(topicId)
    const known = topic[partition]
    this.wanted += 1
    if (known !== undefined) {
      assert(known.round !== this.round, 'a partition is wanted twice')
      known.round = this.round
      const { asked } = known
      const isSame =
        asked.fetchOffset === fetchOffset &&
        asked.currentLeaderEpoch === currentLeaderEpoch &&
        asked.lastFetchedEpoch === lastFetchedEpoch &&
        asked.logStartOffset === logStartOffset &&
        asked.partitionMaxBytes === partitionMaxBytes
      if (isSame) return
    }
    const asked = {
      partition,
      currentLeaderEpoch,
      fetchOffset,
      lastFetchedEpoch,
      logStartOffset,
      partitionMaxBytes,
      replicaDirectoryId: ZERO_UUID,
    }
    this.send(topicId, asked)
    if (known === undefined) {
      while (topic.length < partition) topic.push(undefined)
      topic[partition] = { asked, round: this.round, answered: 0 }
      this.size += 1
    } else {
      known.asked = asked
    }
  }

  /** What to send; undefined if there is nothing to fetch and nothing to forget. */
  build(): SessionRequest | undefined {
    const forgotten = this.wanted === this.size ? NOTHING : this.forget()
    if (this.size === 0 && forgotten.length === 0) return undefined
    return {
      sessionId: this.sessionId,
      sessionEpoch: this.epoch,
      topics: this.changed,
      forgottenTopicsData: forgotten,
    }
  }

  /** What the latest request asked of a partition, said or implied; undefined if it did not. */
  asked(topicId: string, index: number): AskedPartition | undefined {
    return this.topics.get(topicId)?.[index]?.asked
  }

  /** False: the answer has nothing to read in it; the next fetch is full. */
  accept(response: ResponseOf<'Fetch'>): boolean {
    if (response.errorCode !== Errors.NONE) {
      if (response.errorCode === Errors.FETCH_SESSION_ID_NOT_FOUND) this.sessionId = NO_SESSION
      this.epoch = INITIAL_EPOCH
      return false
    }
    const { isFull } = this
    if (!this.fits(response)) {
      if (isFull) this.sessionId = NO_SESSION
      this.epoch = INITIAL_EPOCH
      return false
    }
    if (response.sessionId === NO_SESSION) {
      // None was to be had, or the broker ended it.
      this.sessionId = NO_SESSION
      this.epoch = INITIAL_EPOCH
    } else if (isFull) {
      this.sessionId = response.sessionId
      this.epoch = INITIAL_EPOCH + 1
    } else {
      this.epoch = this.epoch === MAX_EPOCH ? INITIAL_EPOCH + 1 : this.epoch + 1
    }
    return true
  }

  /** The request had no answer: what the broker made of it is not known. */
  fail(): void {
    this.epoch = INITIAL_EPOCH
  }

  private topic(topicId: string): (InSession | undefined)[] {
    let topic = this.topics.get(topicId)
    if (topic === undefined) {
      topic = []
      this.topics.set(topicId, topic)
    }
    return topic
  }

  private send(topicId: string, asked: AskedPartition): void {
    // Not at −1, which V8 looks up as a name, slowly.
    const last = this.changed.length === 0 ? undefined : this.changed[this.changed.length - 1]
    if (last !== undefined && last.topicId === topicId) last.partitions.push(asked)
    else this.changed.push({ topic: '', topicId, partitions: [asked] })
  }

  private forget(): readonly ForgottenTopic[] {
    const forgotten: ForgottenTopic[] = []
    for (const [topicId, topic] of this.topics) {
      const indexes: number[] = []
      for (const [index, known] of topic.entries()) {
        if (known === undefined || known.round === this.round) continue
        topic[index] = undefined
        indexes.push(index)
      }
      this.size -= indexes.length
      if (indexes.length > 0) forgotten.push({ topic: '', topicId, partitions: indexes })
    }
    return forgotten
  }

  /** Names an answer only what was asked for; and a full one, all of it? */
  private fits(response: ResponseOf<'Fetch'>): boolean {
    let answered = 0
    for (const { topicId, partitions } of response.responses) {
      const topic = this.topics.get(topicId)
      for (const { partitionIndex } of partitions) {
        const known = topic?.[partitionIndex]
        if (known === undefined) return false
        if (known.answered !== this.round) answered += 1
        known.answered = this.round
      }
    }
    return !this.isFull || answered === this.size
  }
}

const NOTHING: readonly ForgottenTopic[] = []
