// Faults as they are run: named, timed, their verb made an action, every chance drawn but what the fault's own stream
// decides when it happens.

import type { Quantiles } from '../../../sim/index.ts'
import type { ConsumerConfig } from '../../config/consumer-config.ts'
import type { PartitionName, Repetition } from './fault-literals.ts'
import type { Target } from './target.ts'
import type { Trigger } from './trigger.ts'

export interface FaultSpec {
  /** `id:`, else verb and number among the faults of that verb: `kill-1`. Names the fault's stream of chance. */
  readonly id: string
  /** With `when`: not before. */
  readonly atUs: number
  readonly when: Trigger | undefined
  /** After what it waited for. */
  readonly afterUs: number
  readonly repeat: Repetition | undefined
  /** Of each time; drawn from the fault's stream. */
  readonly probability: number | undefined
  /** Until healed; undefined: at the end of the duration, unless `forever`. */
  readonly forUs: number | undefined
  readonly forever: boolean
  /** May stay without effect; any other fault that never fired makes the run vacuous. */
  readonly optional: boolean
  /** Those that it starts again must serve within this time, or are killed and started again. */
  readonly probeUs: number | undefined
  /** As written: `kill leader(orders-0)`. */
  readonly text: string
  readonly action: FaultAction
}

export type FaultAction =
  /** `kill`, `stop`: healed by a start. `start`: what is down. `restart`: killed, and started at once or after `for`. */
  | {
      readonly verb: 'kill' | 'start' | 'stop' | 'restart' | 'pause' | 'poison'
      readonly targets: readonly Target[]
    }
  | { readonly verb: 'sigterm'; readonly targets: readonly Target[]; readonly graceUs: number }
  | {
      readonly verb: 'power-loss'
      readonly targets: readonly Target[]
      readonly lose: 'some' | 'all-unflushed'
      readonly tears: boolean
    }
  /** The targets together, from all others. */
  | { readonly verb: 'isolate'; readonly targets: readonly Target[] }
  | { readonly verb: 'partition' | 'clog' | 'reset' | 'half-open'; readonly links: readonly LinkSet[] }
  /** On top of what a link takes anyway, µs, drawn for each message. */
  | { readonly verb: 'latency'; readonly links: readonly LinkSet[]; readonly extraUs: Quantiles }
  | { readonly verb: 'bandwidth'; readonly links: readonly LinkSet[]; readonly bytesPerMs: number }
  | { readonly verb: 'loss'; readonly links: readonly LinkSet[]; readonly probability: number }
  | FrameAction
  | DiskAction
  | CorruptAction
  | { readonly verb: 'slow-cpu'; readonly targets: readonly Target[]; readonly factor: number }
  | { readonly verb: 'clock-jump'; readonly targets: readonly Target[]; readonly byMs: number }
  | { readonly verb: 'clock-drift'; readonly targets: readonly Target[]; readonly ppm: number }
  | ScaleAction
  | RollingAction
  | AdminAction

export const DISK_OPERATIONS = ['read', 'write', 'sync'] as const

/** Of one disk of each target, that of the log directory `dir`, or of all. */
export type DiskAction = { readonly targets: readonly Target[]; readonly dir: string | undefined } & (
  | { readonly verb: 'stall-disk' | 'lying-sync' }
  | { readonly verb: 'slow-disk'; readonly factor: number }
  | { readonly verb: 'disk-full'; readonly freeBytes: number }
  | {
      readonly verb: 'disk-error'
      readonly op: (typeof DISK_OPERATIONS)[number] | undefined
      readonly nth: number
      /** Infinity: all. */
      readonly count: number
      readonly probability: number
    }
)

export interface CorruptAction {
  readonly verb: 'corrupt'
  readonly targets: readonly Target[]
  /** Undefined, and no file: in any segment file. */
  readonly partition: PartitionName | undefined
  readonly offset: number | undefined
  readonly file: string | undefined
  readonly position: number | undefined
  /** How many bits. */
  readonly count: number
}

/** Members of a group are started, or the last ones asked to stop. */
export interface ScaleAction {
  readonly verb: 'scale'
  readonly group: string
  readonly members: number
}

/** One target after the other. */
export interface RollingAction {
  readonly verb: 'rolling-restart'
  readonly targets: readonly Target[]
  readonly how: 'stop' | 'kill'
  readonly downUs: number
  /** From the start of one to the start of the next, at least. */
  readonly everyUs: number | undefined
  readonly waitForIsr: boolean
  /** What members of groups come back with, beside what they had. */
  readonly config: Partial<ConsumerConfig> | undefined
}

/** Asked of the cluster by an administrator. */
export type AdminAction =
  | {
      readonly verb: 'elect'
      readonly partitions: readonly PartitionName[] | 'all'
      readonly type: 'preferred' | 'unclean'
    }
  | { readonly verb: 'add-partitions'; readonly topic: string; readonly to: number }
  /** Of all partitions of a topic: where a group is to go on. */
  | { readonly verb: 'alter-offsets'; readonly group: string; readonly topic: string; readonly to: number }
  /** −1: up to the high watermark. */
  | { readonly verb: 'delete-records'; readonly partitions: readonly PartitionName[] | 'all'; readonly before: number }

/** `duplicate-delivery`: answers are lost with their connections, so that the request is sent and handled again. */
export interface FrameAction {
  readonly verb: 'delay' | 'drop' | 'duplicate-delivery'
  /** From who asks to who answers, whichever way the frames concerned go. */
  readonly links: readonly LinkSet[]
  /** Undefined: of all. */
  readonly api: string | undefined
  readonly direction: 'request' | 'response'
  readonly nth: number
  /** Infinity: all. */
  readonly count: number
  readonly probability: number
  /** Of `delay`. */
  readonly byUs: number
}

export interface LinkSet {
  readonly from: readonly Target[]
  /** `others`: every process that is not in `from`. */
  readonly to: readonly Target[] | 'others'
  /** Only what goes from `from` to `to` suffers. */
  readonly oneWay: boolean
}
