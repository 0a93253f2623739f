// What a Fetch request means in its session (KIP-227, R-67). A full one names all its partitions and may open a session;
// the others change the session and mean all that is in it, and are answered with what the fetcher does not know yet.

import type { MetadataImage } from '../metadata/metadata-image.ts'
import { Errors } from '../protocol/error-codes.ts'
import type { RequestOf } from '../protocol/messages.ts'
import {
  FINAL_EPOCH,
  type FetchSession,
  type FetchSessionCache,
  INITIAL_EPOCH,
  NO_SESSION,
} from './fetch-session-cache.ts'
import type { AskedPartition, FetchResult } from './fetch-types.ts'
import { type SessionPartition, SessionPartitions } from './session-partitions.ts'

type FetchBody = RequestOf<'Fetch'>

const SESSIONS_SINCE = 7
const TOPIC_IDS_SINCE = 13
const MAX_EPOCH = 2_147_483_647

/** One request, from arrival to answer. */
export class SessionFetch {
  readonly partitions: SessionPartitions
  readonly usesTopicIds: boolean
  /** `full` opens a session, if there is room; `once` belongs to none. */
  private readonly kind: 'full' | 'once' | 'incremental'
  private readonly session: FetchSession | undefined
  /** That the session expects next, unless another request came between. */
  private readonly nextEpoch: number

  constructor(
    kind: 'full' | 'once' | 'incremental',
    partitions: SessionPartitions,
    usesTopicIds: boolean,
    session?: FetchSession,
  ) {
    this.kind = kind
    this.partitions = partitions
    this.usesTopicIds = usesTopicIds
    this.session = session
    this.nextEpoch = session?.epoch ?? FINAL_EPOCH
  }

  /** Is this still the latest request of its session? Others are not answered with data. */
  get isCurrent(): boolean {
    return this.session === undefined || this.session.epoch === this.nextEpoch
  }

  get sessionId(): number {
    return this.session?.id ?? NO_SESSION
  }

  /** Notes what the fetcher is told. False: nothing new to it, in a session, and so to be left out. */
  told(partition: SessionPartition, result: FetchResult): boolean {
    const { highWatermark, logStartOffset } = result
    const isNews =
      result.records.length > 0 ||
      partition.highWatermark !== highWatermark ||
      partition.logStartOffset !== logStartOffset ||
      result.preferredReadReplica >= 0 ||
      result.isRefused ||
      result.diverges
    // With an error these are −1: when it goes away, that is news.
    partition.highWatermark = highWatermark
    partition.logStartOffset = logStartOffset
    if (this.kind === 'incremental') {
      // Whoever was served goes last, so that all get their share of what fits in an answer.
      if (result.records.length > 0) this.partitions.moveToEnd(partition)
      return isNews
    }
    // A new session has the order of its first answer.
    this.partitions.moveToEnd(partition)
    return true
  }

  /** Opens the session that the fetcher wants, if there is room; the id for the answer. */
  end(cache: FetchSessionCache, isFollower: boolean, nowMs: number): number {
    if (this.kind !== 'full') return this.sessionId
    return cache.open(isFollower, this.partitions, this.usesTopicIds, nowMs)?.id ?? NO_SESSION
  }
}

/** Puts a request into its session; an error code if it has no place there. */
export function fetchInSession(
  cache: FetchSessionCache,
  metadata: MetadataImage,
  body: FetchBody,
  version: number,
  nowMs: number,
): SessionFetch | number {
  const usesTopicIds = version >= TOPIC_IDS_SINCE
  const sessionId = version < SESSIONS_SINCE ? NO_SESSION : body.sessionId
  const sessionEpoch = version < SESSIONS_SINCE ? FINAL_EPOCH : body.sessionEpoch
  if (sessionEpoch === INITIAL_EPOCH || sessionEpoch === FINAL_EPOCH) {
    // Full: a session it names is over.
    if (sessionId !== NO_SESSION) cache.remove(sessionId)
    const partitions = new SessionPartitions()
    change(partitions, metadata, body, usesTopicIds, false)
    return new SessionFetch(sessionEpoch === INITIAL_EPOCH ? 'full' : 'once', partitions, usesTopicIds)
  }
  const session = cache.get(sessionId)
  if (session === undefined) return Errors.FETCH_SESSION_ID_NOT_FOUND
  if (session.epoch !== sessionEpoch) return Errors.INVALID_FETCH_SESSION_EPOCH
  if (session.usesTopicIds !== usesTopicIds) return Errors.FETCH_SESSION_TOPIC_ID_ERROR
  change(session.partitions, metadata, body, usesTopicIds, true)
  if (session.partitions.size === 0) {
    cache.remove(sessionId)
    return new SessionFetch('once', session.partitions, usesTopicIds)
  }
  session.touch(nowMs)
  session.epoch = session.epoch === MAX_EPOCH ? INITIAL_EPOCH + 1 : session.epoch + 1
  return new SessionFetch('incremental', session.partitions, usesTopicIds, session)
}

function change(
  partitions: SessionPartitions,
  metadata: MetadataImage,
  body: FetchBody,
  usesTopicIds: boolean,
  forgets: boolean,
): void {
  for (const { topic, topicId, partitions: asked } of body.topics) {
    const name = usesTopicIds ? (metadata.topicNames.get(topicId) ?? '') : topic
    for (const each of asked) partitions.ask(usesTopicIds ? topicId : topic, name, topicId, withEpoch(each))
  }
  if (!forgets) return
  for (const { topic, topicId, partitions: indexes } of body.forgottenTopicsData) {
    for (const index of indexes) partitions.remove(usesTopicIds ? topicId : topic, index)
  }
}

/** Any epoch below 0 is none, as nowhere else in the protocol. */
function withEpoch(asked: AskedPartition): AskedPartition {
  return asked.currentLeaderEpoch < -1 ? { ...asked, currentLeaderEpoch: -1 } : asked
}

/**
 * Why a partition is refused before any replica is asked. A name once found is kept: of a topic that is gone since, a
 * session says that there is no such partition, no more that there is no such topic.
 */
export function refusal(metadata: MetadataImage, partition: SessionPartition, usesTopicIds: boolean): number {
  const { item, index, topicKey } = partition
  if (usesTopicIds && item.topic === '') {
    const topic = metadata.topicNames.get(topicKey)
    if (topic === undefined) return Errors.UNKNOWN_TOPIC_ID
    partition.item = { ...item, topic }
  }
  const known = metadata.partition(partition.item.topic, index)
  if (known === undefined) return Errors.UNKNOWN_TOPIC_OR_PARTITION
  if (!usesTopicIds && item.topicId !== known.topicId) partition.item = { ...item, topicId: known.topicId }
  return Errors.NONE
}
