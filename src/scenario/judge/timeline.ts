// The story of a run, one line for each thing that matters, gathered from the trace as it happens.

import type { TraceBus } from '../../../sim/index.ts'
import { NO_LEADER } from '../../metadata/partition-state.ts'
import type { AdminAnswered, KafkaEvent, PartitionChanged } from '../../trace/kafka-event.ts'
import type { TimelineEntry } from '../run-result.ts'

const TOLD = [
  'fault-applied',
  'fault-healed',
  'admin-answered',
  'process-changed',
  'broker-state-changed',
  'partition-changed',
  'log-truncated',
  'log-recovered',
  'position-moved',
] as const

export class Timeline {
  readonly entries: TimelineEntry[] = []
  private readonly partitions = new Map<string, PartitionChanged>()

  constructor(trace: TraceBus<KafkaEvent>) {
    trace.subscribe(TOLD, (event, { atUs, node }) => {
      const told = this.tell(event, node)
      if (told !== undefined) this.entries.push({ atUs, ...told })
    })
  }

  add(entry: TimelineEntry): void {
    this.entries.push(entry)
  }

  /** The last `count` things that happened to this subject, up to `atUs`. */
  lastAbout(subject: string, atUs: number, count: number): TimelineEntry[] {
    return this.entries.filter((entry) => entry.subject === subject && entry.atUs <= atUs).slice(-count)
  }

  private tell(event: KafkaEvent, node: string): Omit<TimelineEntry, 'atUs'> | undefined {
    switch (event.type) {
      case 'fault-applied':
        return { kind: 'fault', subject: event.targets.join(', '), text: event.detail }
      case 'fault-healed':
        return { kind: 'heal', subject: event.targets.join(', '), text: `${event.verb} healed` }
      case 'admin-answered':
        return { kind: 'note', subject: event.subject, text: `${event.verb}: ${answerOf(event)}` }
      case 'process-changed':
        return { kind: 'process', subject: event.process, text: `${event.state} ${event.detail}`.trim() }
      case 'broker-state-changed':
        return {
          kind: 'broker',
          subject: `broker-${event.broker}`,
          text: `${event.state} (broker epoch ${event.brokerEpoch})`,
        }
      case 'partition-changed':
        return this.partitionChanged(event)
      case 'log-truncated':
        return {
          kind: 'truncation',
          subject: event.partition,
          text: `${node} truncates from ${event.fromOffset} to ${event.toOffset}`,
        }
      case 'log-recovered':
        return event.clean
          ? undefined
          : {
              kind: 'note',
              subject: event.partition,
              text: `${node} recovered its log: end ${event.logEndOffset}, high watermark ${event.highWatermark}`,
            }
      case 'position-moved':
        return {
          kind: 'note',
          subject: event.partition,
          text: `${event.client} moves from ${event.from} to ${event.to}: ${event.why}`,
        }
      default:
        return undefined
    }
  }

  private partitionChanged(event: PartitionChanged): Omit<TimelineEntry, 'atUs'> | undefined {
    const before = this.partitions.get(event.partition)
    this.partitions.set(event.partition, event)
    if (before !== undefined && before.partitionEpoch === event.partitionEpoch) return undefined
    const eligible = event.elr.length === 0 ? '' : `, eligible [${event.elr.join(',')}]`
    const isr = `isr [${event.isr.join(',')}]${eligible}`
    if (before === undefined) {
      const text = `created: leader ${event.leader}, replicas [${event.replicas.join(',')}]`
      return { kind: 'election', subject: event.partition, text }
    }
    if (event.leader !== before.leader || event.leaderEpoch !== before.leaderEpoch) {
      const leader = `leader ${named(before.leader)} → ${named(event.leader)}`
      return {
        kind: 'election',
        subject: event.partition,
        text: `${leader}, epoch ${event.leaderEpoch}, ${isr} (${event.reason})`,
      }
    }
    const text =
      event.isr.join() === before.isr.join() && event.elr.join() !== before.elr.join()
        ? `eligible leader replicas change from [${before.elr.join(',')}] to [${event.elr.join(',')}] (${event.reason})`
        : isrChange(event.isr, before.isr, `${eligible} (${event.reason})`)
    return { kind: 'isr', subject: event.partition, text }
  }
}

function isrChange(now: readonly number[], before: readonly number[], rest: string): string {
  return `ISR ${now.length < before.length ? 'shrinks' : 'expands'} from [${before.join(',')}] to [${now.join(',')}]${rest}`
}

function answerOf({ error, lowWatermark }: AdminAnswered): string {
  return error ?? (lowWatermark < 0 ? 'done' : `done, the log starts at ${lowWatermark}`)
}

function named(leader: number): string {
  return leader === NO_LEADER ? 'none' : String(leader)
}
