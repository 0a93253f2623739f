// The story of a run, one line for each thing that matters, gathered from the trace as it happens.

import type { TraceBus } from '../../../sim/index.ts'
import type { FoundRecord } from '../../history/checkers.ts'
import { type RebalanceLoop, tellOfLoop } from '../../history/rebalance-loops.ts'
import type { Violation } from '../../invariants/invariant.ts'
import { NO_LEADER } from '../../metadata/partition-state.ts'
import type { AdminAnswered, BytesRotted, KafkaEvent, PartitionChanged } from '../../trace/kafka-event.ts'
import type { SharedChange, TimelineEntry } from '../run-result.ts'
import { GROUP_EVENTS, tellOfGroup } from './group-story.ts'
import type { RunRecord } from './run-record.ts'

const TOLD = [
  'fault-applied',
  'fault-healed',
  'admin-answered',
  'process-changed',
  'broker-state-changed',
  'partition-changed',
  'log-truncated',
  'segments-deleted',
  'log-cleaned',
  'log-uncleanable',
  'log-recovered',
  'log-dir-failed',
  'bytes-rotted',
  'position-moved',
  ...GROUP_EVENTS,
] as const

export class Timeline {
  readonly entries: TimelineEntry[] = []
  private readonly partitions = new Map<string, PartitionChanged>()
  /** Replicas whose first round of compaction was told of: there may be hundreds. */
  private readonly cleaned = new Set<string>()

  constructor(trace: TraceBus<KafkaEvent>) {
    trace.subscribe(TOLD, (event, { atUs, node }) => {
      const told = this.tell(event, node)
      if (told !== undefined) this.entries.push({ atUs, ...told })
    })
  }

  violated({ invariant, rule, message, excused, atUs, subject }: Violation): void {
    const name = `${invariant} (${rule})`
    const text = `${name}: ${message}`
    this.entries.push(
      excused === null
        ? { atUs, kind: 'violation', subject, text, grave: true }
        : {
            atUs,
            kind: 'violation',
            subject,
            text: `${text} — excused (${excused.split(':', 1)[0] ?? ''})`,
            shared: { cause: name, text: `${name} — excused`, differs: '' },
          },
    )
  }

  lostUnsynced(process: string, partition: string, what: string, atUs: number): void {
    const text = `${process} loses ${what} that were not synced`
    const shared = { cause: `unsynced ${process}`, text: `${process} loses bytes that were not synced`, differs: '' }
    this.entries.push({ atUs, kind: 'note', subject: partition, text, shared })
  }

  /** What happened, with what each cut cost: it is known only when all has been judged. */
  withLosses(lost: readonly FoundRecord[], record: RunRecord): TimelineEntry[] {
    const costs = new Map<string, number>()
    for (const { partition, offset } of lost) {
      const cut = record.truncationOf(partition, offset)
      if (cut === undefined) continue
      const key = `${cut.atUs} ${partition} broker-${cut.broker}`
      costs.set(key, (costs.get(key) ?? 0) + 1)
    }
    if (costs.size === 0) return this.entries
    return this.entries.map((entry) => {
      if (entry.kind !== 'truncation') return entry
      const cost = costs.get(`${entry.atUs} ${entry.subject} ${entry.text.split(' ', 1)[0] ?? ''}`)
      if (cost === undefined) return entry
      return { ...entry, text: `${entry.text}: ${cost} acknowledged records are gone`, grave: true }
    })
  }

  /** Groups that went round and round: told where that ended. */
  wentRound(loops: readonly RebalanceLoop[]): void {
    for (const loop of loops) {
      const { group, untilUs: atUs } = loop
      const at = this.entries.findIndex((entry) => entry.atUs > atUs)
      const text = `rebalances again and again: ${tellOfLoop(loop)}`
      const entry = { atUs, kind: 'note', subject: `group ${group}`, text, grave: true } as const
      this.entries.splice(at < 0 ? this.entries.length : at, 0, entry)
    }
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
          shared: { cause: event.state, text: event.state, differs: '' },
        }
      case 'partition-changed':
        return this.partitionChanged(event)
      case 'log-truncated':
        return {
          kind: 'truncation',
          subject: event.partition,
          text: `${node} truncates from ${event.fromOffset} to ${event.toOffset}`,
          shared: { cause: `truncation ${node}`, text: `${node} truncates its logs`, differs: '' },
        }
      case 'segments-deleted':
        if (event.reason === 'log-start') return undefined
        return {
          kind: 'note',
          subject: event.partition,
          text: `${node} drops segments below ${event.logStartOffset} (${event.reason})`,
        }
      case 'log-cleaned': {
        const { recordsBefore, recordsAfter, partition } = event
        if (recordsAfter === recordsBefore || this.cleaned.has(`${node} ${partition}`)) return undefined
        this.cleaned.add(`${node} ${partition}`)
        const text = `${node} compacts for the first time and keeps ${recordsAfter} of ${recordsBefore} records`
        return { kind: 'note', subject: partition, text }
      }
      case 'log-uncleanable':
        return { kind: 'note', subject: event.partition, text: `${node} cannot compact it: ${event.problem}` }
      case 'log-recovered':
        return event.clean
          ? undefined
          : {
              kind: 'note',
              subject: event.partition,
              text: `${node} recovered its log: end ${event.logEndOffset}, high watermark ${event.highWatermark}`,
              shared: { cause: `recovery ${node}`, text: `${node} recovered its logs`, differs: '' },
            }
      case 'log-dir-failed':
        return { kind: 'note', subject: `broker-${event.broker}`, text: `${event.dir} goes offline: ${event.reason}` }
      case 'bytes-rotted':
        return { kind: 'note', subject: event.partition ?? event.process, text: rotText(event) }
      case 'position-moved':
        return {
          kind: 'note',
          subject: event.partition,
          text: `${event.client} moves from ${event.from} to ${event.to}: ${event.why}`,
          shared: {
            cause: `position ${event.client} ${event.why}`,
            text: `${event.client} moves: ${event.why}`,
            differs: '',
          },
        }
      case 'group-changed':
      case 'group-member-changed':
      case 'group-offset-removed':
      case 'coordinator-changed':
        return tellOfGroup(event)
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
    const { reason, partition, leader } = event
    if (before === undefined) {
      const text = `created: leader ${leader}, replicas [${event.replicas.join(',')}]`
      const shared = { cause: 'created', text: 'created: leader …', differs: String(leader) }
      return { kind: 'election', subject: partition, text, shared }
    }
    if (leader !== before.leader || event.leaderEpoch !== before.leaderEpoch) {
      const from = `leader ${named(before.leader)} →`
      const shared = { cause: `${from} ${reason}`, text: `${from} … (${reason})`, differs: named(leader) }
      const text = `${from} ${named(leader)}, epoch ${event.leaderEpoch}, ${isr} (${reason})`
      return { kind: 'election', subject: partition, text, shared }
    }
    if (event.isr.join() === before.isr.join() && event.elr.join() !== before.elr.join()) {
      const change = `eligible leader replicas change from [${before.elr.join(',')}] to [${event.elr.join(',')}]`
      return { kind: 'isr', subject: partition, text: `${change} (${reason})` }
    }
    // Which directory a replica is in is no news.
    if (event.isr.join() === before.isr.join()) return undefined
    const text = isrChange(event.isr, before.isr, `${eligible} (${reason})`)
    return { kind: 'isr', subject: partition, text, shared: membersChange(event, before) }
  }
}

/** Who joined or left, whatever else is in the ISR. */
function membersChange({ isr, reason }: PartitionChanged, { isr: before }: PartitionChanged): SharedChange {
  const joined = isr.filter((id) => !before.includes(id)).toSorted((a, b) => a - b)
  const left = before.filter((id) => !isr.includes(id)).toSorted((a, b) => a - b)
  const told = [
    ...(joined.length > 0 ? [`ISR expands by ${joined.join(',')}`] : []),
    ...(left.length > 0 ? [`ISR shrinks by ${left.join(',')}`] : []),
  ]
  const text = `${told.length === 0 ? 'ISR stays' : told.join(', ')} (${reason})`
  return { cause: text, text, differs: '' }
}

function isrChange(now: readonly number[], before: readonly number[], rest: string): string {
  return `ISR ${now.length < before.length ? 'shrinks' : 'expands'} from [${before.join(',')}] to [${now.join(',')}]${rest}`
}

function rotText({ process, path, position, firstOffset, lastOffset }: BytesRotted): string {
  const batch = firstOffset < 0 ? '' : `, in the batch of offsets ${firstOffset}–${lastOffset}`
  return `${process}: a bit of byte ${position} of ${path} rots${batch}`
}

function answerOf({ error, lowWatermark }: AdminAnswered): string {
  return error ?? (lowWatermark < 0 ? 'done' : `done, the log starts at ${lowWatermark}`)
}

function named(leader: number): string {
  return leader === NO_LEADER ? 'none' : String(leader)
}
