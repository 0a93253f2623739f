// One partition of __consumer_offsets, coordinated: loaded when this broker becomes its leader, let go when it no longer is
// (G-39, G-41). Everything happens on one thread of the shard's own, as in Kafka, where events of one partition follow each
// other; that all shards of a broker share `group.coordinator.threads` threads is left out.

import type { Pool, Rng } from '../../sim/index.ts'
import type { GroupServiceParts } from '../broker/group-service.ts'
import { OFFSETS_TOPIC } from '../broker/internal-topics.ts'
import { Errors } from '../protocol/error-codes.ts'
import type { GroupRecord } from '../protocol/group-record.ts'
import type { CoordinatorChanged } from '../trace/group-event.ts'
import { EVENT_COST_US } from './costs.ts'
import type { Outcome } from './decision.ts'
import { expireSession } from './expire-session.ts'
import { expire } from './expiration.ts'
import { failedJoin, failedSync } from './group-answers.ts'
import { moveGroup, traceGroup } from './group-trace.ts'
import { loadPartition } from './load-partition.ts'
import { prepareRebalance } from './rebalance.ts'
import { replay } from './replay.ts'
import { armSession } from './sessions.ts'
import { ShardLog, type ShardLogOwner } from './shard-log.ts'
import { ShardState } from './shard-state.ts'
import { ShardTimers } from './shard-timers.ts'

/** What a shard has of the machine; another shard of the same partition that comes after it gets the same. */
export interface ShardMeans {
  /** The shard's thread. */
  readonly thread: Pool
  /** The thread on which all partitions are loaded. */
  readonly loader: Pool
  readonly memberIds: Rng
}

type Phase = 'loading' | 'active' | 'failed' | 'closed'

export class Shard implements ShardLogOwner {
  readonly index: number
  phase: Phase = 'loading'
  /** Highest leader epoch in which we were elected; −1 before the first load has begun. */
  epoch = -1
  private readonly parts: GroupServiceParts
  private readonly means: ShardMeans
  private readonly partition: string
  private state: ShardState
  private log: ShardLog
  private stopListening: (() => void) | undefined
  private heard = false

  constructor(parts: GroupServiceParts, index: number, means: ShardMeans) {
    this.parts = parts
    this.index = index
    this.means = means
    this.partition = `${OFFSETS_TOPIC}-${index}`
    this.state = this.emptyState()
    this.log = new ShardLog(parts, index, this.state.undo, this)
  }

  /** Runs `fn` as an event of the shard. */
  run(kind: string, fn: () => void): void {
    this.means.thread.run(kind, () => {
      this.parts.context.host.jobs.charge(EVENT_COST_US)
      fn()
    })
  }

  /** Runs an operation if we are in office; else `refuse` is called with the reason (G-7). */
  operate(kind: string, refuse: (errorCode: number) => void, operation: (state: ShardState) => Outcome): void {
    this.run(kind, () => {
      if (this.phase === 'active') this.state.settle(operation(this.state))
      else refuse(this.phase === 'loading' ? Errors.COORDINATOR_LOAD_IN_PROGRESS : Errors.NOT_COORDINATOR)
    })
  }

  /** We lead the partition in this epoch. In office already, we stay as we are. */
  elected(epoch: number): void {
    if (epoch <= this.epoch) return
    const isFirst = this.epoch < 0
    this.epoch = epoch
    if (isFirst || this.phase === 'failed') this.load()
  }

  /** We no longer lead it. */
  close(): void {
    this.unload('closed')
  }

  apply(record: GroupRecord, offset: number): void {
    replay(this.state, record, offset)
  }

  outOfStep(): void {
    this.unload('failed')
    this.load()
  }

  private emptyState(): ShardState {
    const { context } = this.parts
    const state: ShardState = new ShardState({
      context,
      partition: this.partition,
      epoch: this.epoch,
      timers: new ShardTimers(context.host, (kind, fn) => this.run(kind, fn)),
      memberIds: this.means.memberIds,
      write: (decision) => this.log.write(decision),
      sessionEnded: expireSession,
    })
    return state
  }

  private load(): void {
    const state = this.emptyState()
    this.state = state
    this.log = new ShardLog(this.parts, this.index, state.undo, this)
    this.phase = 'loading'
    this.trace('loading')
    let loaded = false
    const { loader } = this.means
    loader.run('load-groups', () => {
      loaded = loadPartition(this.parts, this.index, state)
    })
    loader.run('groups-loaded', () =>
      this.run('groups-loaded', () => {
        if (this.state !== state || this.phase !== 'loading') return
        if (loaded) this.takeOffice()
        else this.unload('failed')
      }),
    )
  }

  private takeOffice(): void {
    const { state, parts } = this
    this.phase = 'active'
    state.isActive = true
    this.stopListening = parts.replicas.onHighWatermark(this.partition, () => this.hearHighWatermark())
    this.trace('active')
    for (const groupId of state.groups.keys()) this.resume(state, groupId)
    this.expireAgain()
    this.hearHighWatermark()
  }

  /** Members of a loaded group have a whole session to be heard of again (G-39). */
  private resume(state: ShardState, groupId: string): void {
    const group = state.groups.get(groupId)
    if (group === undefined) return
    traceGroup(state, group, null, 'loaded')
    for (const member of group.members.values()) armSession(state, group, member)
    if (group.members.size > this.parts.context.config['group.max.size']) {
      state.settle(prepareRebalance(state, group, 'it was loaded and has too many members'))
    }
  }

  private expireAgain(): void {
    const periodMs = this.parts.context.config['offsets.retention.check.interval.ms']
    this.state.timers.set('expire', periodMs, 'expire-group-offsets', () => {
      this.state.settle(expire(this.state))
      this.expireAgain()
    })
  }

  /** It is looked at in an event of its own, once for all that happened before. */
  private hearHighWatermark(): void {
    if (this.heard) return
    this.heard = true
    this.run('group-high-watermark', () => {
      this.heard = false
      if (this.phase !== 'active') return
      const replica = this.parts.replicas.hosted(OFFSETS_TOPIC, this.index)
      if (replica !== undefined) this.log.highWatermark(replica.log.highWatermark)
    })
  }

  /** Everybody who waits is sent elsewhere. */
  private unload(phase: 'failed' | 'closed'): void {
    const { state } = this
    const wasActive = this.phase === 'active'
    this.phase = phase
    this.stopListening?.()
    this.stopListening = undefined
    state.timers.close()
    this.log.close(Errors.NOT_COORDINATOR)
    if (wasActive) {
      for (const groupId of state.groups.keys()) this.letGo(state, groupId)
    }
    this.trace(phase === 'failed' ? 'failed' : 'resigned')
    state.isActive = false
  }

  private letGo(state: ShardState, groupId: string): void {
    const group = state.groups.get(groupId)
    if (group === undefined) return
    moveGroup(state, group, 'Dead', 'its coordinator gave up the office')
    for (const member of group.members.values()) {
      if (group.previousState === 'PreparingRebalance') {
        group.answerJoin(member, failedJoin(member.id, Errors.NOT_COORDINATOR))
      } else group.answerSync(member, failedSync(Errors.NOT_COORDINATOR))
    }
  }

  private trace(state: CoordinatorChanged['state']): void {
    const { host, id } = this.parts.context
    if (!host.trace.wants('coordinator-changed')) return
    const { partition, epoch } = this
    host.trace.emit({
      type: 'coordinator-changed',
      broker: id,
      partition,
      state,
      epoch,
      groups: this.state.groups.size,
    })
  }
}
