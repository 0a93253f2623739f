// What a run remembers for its judgement beside history and invariants: elections, ISR changes, truncations,
// fencings; who was
// down when; and whom chance chose for faults.

import type { TraceBus } from '../../../sim/index.ts'
import { NO_LEADER } from '../../metadata/partition-state.ts'
import type { ApiName } from '../../protocol/api-keys.ts'
import type { DrawnSetting } from '../drawn-settings.ts'
import type { FaultSpec } from '../faults/fault-model.ts'
import type { KafkaEvent, PartitionChanged } from '../../trace/kafka-event.ts'

/** How the controller explains what it changed as a broker registered. */
const REGISTRATION: ApiName = 'BrokerRegistration'

export interface UncleanElection {
  readonly partition: string
  readonly leader: number
  readonly leaderEpoch: number
  /** Of the controller: an administrator's request, or what made it elect. */
  readonly reason: string
  /** It was the last leader, of a partition without any eligible replica. */
  readonly asLastKnown: boolean
  readonly atUs: number
  readonly ordinal: number
}

export interface Truncation {
  readonly partition: string
  readonly broker: number
  readonly fromOffset: number
  readonly toOffset: number
  readonly atUs: number
  readonly ordinal: number
}

/** A process did nothing for a time, by a fault. */
export interface Down {
  readonly process: string
  readonly fault: string
  /** It stood still and kept its connections: nobody who waited for it was told. */
  readonly paused: boolean
  readonly fromUs: number
  /** Infinity unless healed. */
  untilUs: number
}

const TAKES_DOWN: readonly string[] = ['kill', 'stop', 'sigterm', 'restart', 'power-loss', 'pause']

/** Something happened to a partition, as the controller committed it. */
export interface PartitionEvent {
  readonly partition: string
  readonly atUs: number
}

/** A reader went on further ahead, for what it asked for was not there any more, or not yet. */
export interface Jump {
  readonly client: string
  /** How many it passed over. */
  readonly offsets: number
  readonly atUs: number
}

/** A bit of a segment changed of itself. */
export interface Rot {
  readonly partition: string
  readonly process: string
  readonly path: string
  /** Of the batch that it is in; −1: none that can be told. */
  readonly firstOffset: number
  readonly lastOffset: number
  readonly atUs: number
}

/** A log was read again after an unclean stop. */
export interface Recovery {
  readonly broker: number
  readonly partition: string
  readonly logEndOffset: number
  readonly atUs: number
}

/** A log directory went offline. */
export interface FailedDir {
  readonly broker: number
  readonly dir: string
  readonly reason: string
  readonly atUs: number
}

export interface Fencing {
  readonly broker: number
  readonly atUs: number
}

export class RunRecord {
  /** Another set of members; not the first ISR of a new partition. */
  readonly isrChanges: PartitionEvent[] = []
  /** Another leader than before, or one after a time without; not the first one. */
  readonly elections: PartitionEvent[] = []
  readonly fencings: Fencing[] = []
  readonly uncleanElections: UncleanElection[] = []
  readonly truncations: Truncation[] = []
  readonly jumps: Jump[] = []
  readonly rots: Rot[] = []
  readonly failedDirs: FailedDir[] = []
  /** Files beside the segments. */
  readonly rottenFiles: { readonly process: string; readonly path: string; readonly atUs: number }[] = []
  readonly recoveries: Recovery[] = []
  /** Partitions whose records were to be deleted, or `all partitions`. Whether they were is not always answered. */
  readonly deletionsAsked = new Set<string>()
  readonly downs: Down[] = []
  /** Whom faults hit that leave it to chance; each time. */
  readonly drawnTargets: DrawnSetting[] = []
  private readonly hitBy = new Map<string, Set<string>>()
  /** Where replicas begin whose oldest segments were too many or too old: the latest such start of a partition. */
  readonly retainedFrom = new Map<string, number>()
  private readonly partitions = new Map<string, PartitionChanged>()

  constructor(trace: TraceBus<KafkaEvent>, faults: readonly FaultSpec[] = []) {
    trace.subscribe(['fault-applied', 'fault-healed'], (event, { atUs }) => {
      if (event.type === 'fault-healed') return this.healed(event.fault, atUs)
      if (event.type !== 'fault-applied') return
      if (TAKES_DOWN.includes(event.verb)) {
        const down = { fault: event.fault, paused: event.verb === 'pause', fromUs: atUs, untilUs: Infinity }
        this.downs.push(...event.targets.map((process) => ({ process, ...down })))
      }
      const hit = this.hitBy.get(event.fault) ?? new Set()
      this.hitBy.set(event.fault, hit)
      for (const target of event.targets) hit.add(target)
      const fault = faults.find(({ id }) => id === event.fault)
      if (fault !== undefined) this.noteTargets(fault, event.targets)
      if (event.verb !== 'delete-records') return
      for (const partition of event.targets) this.deletionsAsked.add(partition)
    })
    trace.subscribe(['position-moved'], (event, { atUs }) => {
      if (event.type !== 'position-moved' || event.to <= event.from) return
      this.jumps.push({ client: event.client, offsets: event.to - event.from, atUs })
    })
    trace.subscribe(['bytes-rotted', 'log-dir-failed', 'log-recovered'], (event, { atUs }) => {
      if (event.type === 'log-recovered' && !event.clean) {
        const { broker, partition, logEndOffset } = event
        this.recoveries.push({ broker, partition, logEndOffset, atUs })
      }
      if (event.type === 'log-dir-failed') {
        const { broker, dir, reason } = event
        this.failedDirs.push({ broker, dir, reason, atUs })
      } else if (event.type === 'bytes-rotted') {
        const { partition, process, path, firstOffset, lastOffset } = event
        if (partition === null) this.rottenFiles.push({ process, path, atUs })
        else this.rots.push({ partition, process, path, firstOffset, lastOffset, atUs })
      }
    })
    trace.subscribe(['segments-deleted'], (event) => {
      if (event.type !== 'segments-deleted' || event.reason === 'log-start') return
      const { partition, logStartOffset } = event
      this.retainedFrom.set(partition, Math.max(logStartOffset, this.retainedFrom.get(partition) ?? 0))
    })
    trace.subscribe(['partition-changed', 'log-truncated', 'broker-state-changed'], (event, { atUs, ordinal }) => {
      if (event.type === 'broker-state-changed' && event.state === 'fenced') {
        this.fencings.push({ broker: event.broker, atUs })
      } else if (event.type === 'partition-changed') this.partitionChanged(event, atUs, ordinal)
      else if (event.type === 'log-truncated') {
        const { partition, broker, fromOffset, toOffset } = event
        this.truncations.push({ partition, broker, fromOffset, toOffset, atUs, ordinal })
      }
    })
  }

  /** Was this process down, by a fault, at some time between these? */
  wasDown(process: string, fromUs: number, untilUs: number): boolean {
    return this.downsOf(process, fromUs, untilUs).length > 0
  }

  /** The same, and only by pauses. */
  wasPaused(process: string, fromUs: number, untilUs: number): boolean {
    const downs = this.downsOf(process, fromUs, untilUs)
    return downs.length > 0 && downs.every(({ paused }) => paused)
  }

  private downsOf(process: string, fromUs: number, untilUs: number): Down[] {
    return this.downs.filter((down) => down.process === process && down.fromUs <= untilUs && down.untilUs >= fromUs)
  }

  /** All that a fault has hit so far. */
  processesHitBy(fault: string): readonly string[] {
    return [...(this.hitBy.get(fault) ?? [])]
  }

  /** Was anybody asked to delete records of this partition? */
  mayHaveDeleted(partition: string): boolean {
    return this.deletionsAsked.has(partition) || this.deletionsAsked.has('all partitions')
  }

  /** The cut that removed this offset of a log, on the broker that held it longest. */
  truncationOf(partition: string, offset: number): Truncation | undefined {
    return this.truncations.findLast(
      (cut) => cut.partition === partition && cut.toOffset <= offset && offset < cut.fromOffset,
    )
  }

  private healed(fault: string, atUs: number): void {
    for (const down of this.downs) if (down.fault === fault && down.untilUs === Infinity) down.untilUs = atUs
  }

  /** Whom `one broker` was, and the like: drawn as the fault happens. */
  private noteTargets({ id, action, text }: FaultSpec, processes: readonly string[]): void {
    const targets = 'targets' in action ? action.targets : []
    if (!targets.some((target) => target.kind === 'brokers' && target.which !== 'all')) return
    const from = text.startsWith(`${action.verb} `) ? text.slice(action.verb.length + 1) : text
    this.drawnTargets.push({ path: `faults.${id}.${action.verb}`, value: targetsText(processes), from })
  }

  private partitionChanged(event: PartitionChanged, atUs: number, ordinal: number): void {
    const before = this.partitions.get(event.partition)
    this.partitions.set(event.partition, event)
    const { partition, leader, leaderEpoch } = event
    if (before !== undefined) {
      const { isr } = before
      const sameIsr = isr.length === event.isr.length && isr.every((member) => event.isr.includes(member))
      if (!sameIsr) this.isrChanges.push({ partition, atUs })
      if (leader !== NO_LEADER && leader !== before.leader) this.elections.push({ partition, atUs })
    }
    const follows = before !== undefined && event.partitionEpoch === before.partitionEpoch + 1
    if (follows && leader !== NO_LEADER && leader !== before.leader && !isClean(before, event)) {
      const asLastKnown = before.lastKnownElr.includes(leader)
      this.uncleanElections.push({ partition, leader, leaderEpoch, reason: event.reason, asLastKnown, atUs, ordinal })
    }
  }
}

/**
 * Members of the ISR, and eligible leader replicas (KIP-966), have all that was committed. But one that registers after an
 * unclean stop is eligible no more, though the same record may make it leader, as the last known one.
 */
function isClean(before: PartitionChanged, { leader, reason }: PartitionChanged): boolean {
  if (before.isr.includes(leader)) return true
  const asLastKnown = reason === REGISTRATION && before.lastKnownElr.includes(leader)
  return before.elr.includes(leader) && !asLastKnown
}

/** As a file names them. */
function targetsText(processes: readonly string[]): string {
  const targets = processes.map((process) => process.replace(/^broker-/, 'broker:'))
  return targets.length === 1 ? targets.join() : `[${targets.join(', ')}]`
}
