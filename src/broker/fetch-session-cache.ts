// The incremental fetch sessions of one broker (KIP-227, R-67), as many as `max.incremental.fetch.session.cache.slots`.
// They live in eight shards that share the slots and take turns (KAFKA-9401); a full shard makes room only for a session
// that is worth more. Gone with the process. Left out: that there was one shard before 3.8.

import { assert } from '../../sim/assert.ts'
import type { Rng } from '../../sim/index.ts'
import type { SessionPartitions } from './session-partitions.ts'

/** Session id of a fetch without session. */
export const NO_SESSION = 0
/** `sessionEpoch` of a full fetch that wants a session. */
export const INITIAL_EPOCH = 0
/** `sessionEpoch` of a full fetch that wants none; a session it names is closed. */
export const FINAL_EPOCH = -1

/** A session that was not used for longer than this goes first; one younger than this is not evicted by its like. */
const EVICTION_MS = 120_000
const SHARDS = 8
const MAX_INT32 = 2_147_483_647
const IDS_PER_SHARD = Math.floor(MAX_INT32 / SHARDS)

export class FetchSession {
  readonly id: number
  /** A follower's. */
  readonly privileged: boolean
  readonly partitions: SessionPartitions
  /** Opened by a request that names topics by id; else all its requests name them. */
  readonly usesTopicIds: boolean
  readonly createdMs: number
  lastUsedMs: number
  /** Of the next request. */
  epoch = INITIAL_EPOCH + 1
  /** As of its last use. */
  size: number
  yieldsToFollowers = false
  yieldsToAll = false

  constructor(id: number, privileged: boolean, partitions: SessionPartitions, usesTopicIds: boolean, nowMs: number) {
    this.id = id
    this.privileged = privileged
    this.partitions = partitions
    this.usesTopicIds = usesTopicIds
    this.createdMs = nowMs
    this.lastUsedMs = nowMs
    this.size = partitions.size
  }

  /** Notes its use. As in Kafka age counts when it is used, not when room is needed. */
  touch(nowMs: number): void {
    this.lastUsedMs = nowMs
    this.size = this.partitions.size
    this.yieldsToAll = nowMs - this.createdMs > EVICTION_MS
    this.yieldsToFollowers = !this.privileged || this.yieldsToAll
  }
}

export class FetchSessionCache {
  private readonly random: Rng
  private readonly slotsPerShard: number
  private readonly shards: readonly Map<number, FetchSession>[]
  private turn = 0

  /** `random`: session ids are drawn, so that those of an earlier process are not met again. */
  constructor(slots: number, random: Rng) {
    this.random = random
    this.slotsPerShard = Math.floor(slots / SHARDS)
    this.shards = Array.from({ length: SHARDS }, () => new Map<number, FetchSession>())
  }

  get size(): number {
    return this.shards.reduce((sum, { size }) => sum + size, 0)
  }

  get(id: number): FetchSession | undefined {
    return this.shards[Math.floor(id / IDS_PER_SHARD)]?.get(id)
  }

  remove(id: number): void {
    this.shards[Math.floor(id / IDS_PER_SHARD)]?.delete(id)
  }

  /** A session for these partitions; undefined if there is no room. */
  open(
    privileged: boolean,
    partitions: SessionPartitions,
    usesTopicIds: boolean,
    nowMs: number,
  ): FetchSession | undefined {
    const number = this.turn
    this.turn = (this.turn + 1) % SHARDS
    const shard = this.shards[number]
    assert(shard !== undefined, 'as many shards as there are turns')
    if (shard.size >= this.slotsPerShard && !makeRoom(shard, privileged, partitions.size, nowMs)) return undefined
    const session = new FetchSession(this.drawId(shard, number), privileged, partitions, usesTopicIds, nowMs)
    session.touch(nowMs)
    shard.set(session.id, session)
    return session
  }

  private drawId(shard: ReadonlyMap<number, FetchSession>, number: number): number {
    const lowest = Math.max(1, number * IDS_PER_SHARD)
    for (;;) {
      const id = this.random.between(lowest, (number + 1) * IDS_PER_SHARD - 1)
      if (!shard.has(id)) return id
    }
  }
}

/** Evicts the session unused for longest if that is long; else the least one that may go, if the new one is worth more. */
function makeRoom(shard: Map<number, FetchSession>, privileged: boolean, size: number, nowMs: number): boolean {
  let stalest: FetchSession | undefined
  let least: FetchSession | undefined
  for (const session of shard.values()) {
    if (stalest === undefined || isStaler(session, stalest)) stalest = session
    if (!(privileged ? session.yieldsToFollowers : session.yieldsToAll)) continue
    if (least === undefined || isLess(session, least)) least = session
  }
  if (stalest === undefined) return false
  const isStale = nowMs - stalest.lastUsedMs > EVICTION_MS
  const evicted = isStale ? stalest : least
  if (evicted === undefined) return false
  if (!isStale && !isWorthMore(privileged, size, evicted)) return false
  shard.delete(evicted.id)
  return true
}

function isStaler(a: FetchSession, b: FetchSession): boolean {
  return a.lastUsedMs === b.lastUsedMs ? a.id < b.id : a.lastUsedMs < b.lastUsedMs
}

function isLess(a: FetchSession, b: FetchSession): boolean {
  if (a.privileged !== b.privileged) return b.privileged
  return a.size === b.size ? a.id < b.id : a.size < b.size
}

/** Followers before consumers, then by number of partitions; of equals the older one stays. */
function isWorthMore(privileged: boolean, size: number, session: FetchSession): boolean {
  return privileged === session.privileged ? size > session.size : privileged
}
