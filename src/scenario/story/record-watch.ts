// The second look at a run: watches a few records from their producers to every replica and consumer. It listens and reads
// and changes nothing, so the run is the same with and without it.

import type { TraceContext } from '../../../sim/index.ts'
import type { KafkaEvent, ProduceAnswered } from '../../trace/kafka-event.ts'
import type { LogAppended, LogTruncated } from '../../trace/log-event.ts'
import type { SimulatedCluster } from '../cluster/simulated-cluster.ts'
import { AccountBuilder, type WatchedPlace } from './account-builder.ts'
import type { RecordId } from './record-scout.ts'
import { recordAt, recordsIn } from './records-in-log.ts'

const HEARD = [
  'produce-invoked',
  'produce-sent',
  'produce-retried',
  'produce-completed',
  'produce-answered',
  'log-appended',
  'log-truncated',
  'log-recovered',
  'high-watermark-changed',
  'records-delivered',
  'admin-answered',
  'topic-deleted',
] as const

export class RecordWatch {
  readonly accounts: readonly AccountBuilder[]
  private readonly cluster: SimulatedCluster

  constructor(cluster: SimulatedCluster, records: readonly RecordId[]) {
    this.cluster = cluster
    this.accounts = records.map((id) => new AccountBuilder(id))
    cluster.world.trace.subscribe(HEARD, (event, context) => this.hear(event, context))
  }

  private hear(event: KafkaEvent, { atUs }: TraceContext): void {
    const atMs = atUs / 1000
    switch (event.type) {
      case 'produce-invoked':
        return this.ofRecord(event.client, event.n, ({ steps }) =>
          steps.push({ kind: 'sent', atMs, who: event.client }),
        )
      case 'produce-sent':
        return this.ofBatch(event.client, event.records, (account) => {
          const { partition, attempt, broker, records, client: who } = event
          account.partition ||= partition
          const batch = { first: records[0] ?? -1, last: records.at(-1) ?? -1, count: records.length }
          account.steps.push({ kind: 'attempt', atMs, who, attempt, broker, partition, batch })
        })
      case 'produce-retried':
        return this.ofBatch(event.client, event.records, ({ steps }) => {
          const { attempt, error, answered, client: who } = event
          steps.push({ kind: 'retry', atMs, who, attempt, error, answered })
        })
      case 'produce-completed':
        return this.ofRecord(event.client, event.n, (account) => {
          const { outcome, acks, offset, error, client: who } = event
          // One that never left has a partition too, unless it never got one.
          account.partition ||= event.partition
          account.outcome = outcome
          account.acks = acks
          account.steps.push({ kind: 'completed', atMs, who, outcome, acks, offset, error })
        })
      case 'produce-answered':
        return this.answered(event, atMs)
      case 'log-appended':
        return this.appended(event, atMs)
      case 'log-truncated':
        return this.truncated(event, atMs)
      case 'log-recovered':
        return this.ofCopies(event.partition, event.broker, (account, place) => {
          const { broker, logEndOffset, clean } = event
          if (logEndOffset <= place.offset) {
            this.gone(account, place, 'crash', broker, atMs, {
              from: -1,
              to: logEndOffset,
              leader: -1,
              leaderEpoch: -1,
            })
          } else if (!clean) {
            account.steps.push({ kind: 'recovered', atMs, who: `broker-${broker}`, broker, logEndOffset })
          }
        })
      case 'high-watermark-changed':
        return this.ofCopies(event.partition, event.broker, ({ steps }, place) => {
          const { broker, as, from, to } = event
          if (to <= place.offset) place.passed.delete(broker)
          if (to <= place.offset || place.passed.has(broker)) return
          place.passed.add(broker)
          steps.push({ kind: 'high-watermark', atMs, who: `broker-${broker}`, broker, as, from, to })
        })
      case 'records-delivered':
        for (const { producer, n, offset, leaderEpoch: epoch } of event.records) {
          this.ofRecord(producer, n, ({ steps }) =>
            steps.push({ kind: 'delivered', atMs, who: event.client, partition: event.partition, offset, epoch }),
          )
        }
        return
      case 'admin-answered':
        return this.everywhere(
          (place) => place.partition === event.subject && place.offset < event.lowWatermark,
          'deleted',
          atMs,
        )
      case 'topic-deleted':
        return this.everywhere(({ partition }) => topicOf(partition) === event.topic, 'topic', atMs)
      default:
        return
    }
  }

  private appended(event: LogAppended, atMs: number): void {
    const { broker, partition: key, as, firstOffset, lastOffset } = event
    const partition = this.cluster.partitionsOf(broker)?.get(key)
    if (partition === undefined) return
    for (const account of this.accounts) {
      if (as === 'leader' && account.partition === key) {
        for (const { offset, client, n } of recordsIn(partition.log, firstOffset, lastOffset)) {
          if (client === account.id.client && n === account.id.n) account.addPlace(key, offset)
        }
      }
      for (const place of account.places) {
        if (place.partition !== key || place.offset < firstOffset || place.offset > lastOffset) continue
        const found = recordAt(partition.log, place.offset)
        if (found === undefined || found.client !== account.id.client || found.n !== account.id.n) continue
        const { epoch, offset } = found
        if (!place.epochs.includes(epoch)) place.epochs.push(epoch)
        place.copies.set(broker, epoch)
        account.steps.push({
          kind: 'appended',
          atMs,
          who: `broker-${broker}`,
          broker,
          as,
          partition: key,
          offset,
          epoch,
          batch: { firstOffset: found.firstOffset, lastOffset: found.lastOffset },
          isr: as === 'leader' ? partition.committedIsr : [],
        })
      }
    }
  }

  private answered(event: ProduceAnswered, atMs: number): void {
    const { broker, partition, acks, error, firstOffset, lastOffset, duplicate } = event
    this.ofCopies(partition, broker, ({ steps }, place) => {
      if (place.offset < firstOffset || place.offset > lastOffset) return
      const isr = this.cluster.partitionsOf(broker)?.get(partition)?.committedIsr ?? []
      const holders = [...place.copies.keys()].toSorted((a, b) => a - b)
      const { offset } = place
      steps.push({
        kind: 'answered',
        atMs,
        who: `broker-${broker}`,
        broker,
        acks,
        error,
        offset,
        duplicate,
        isr,
        holders,
      })
    })
  }

  private truncated({ broker, partition, fromOffset: from, toOffset: to }: LogTruncated, atMs: number): void {
    const replica = this.cluster.partitionsOf(broker)?.get(partition)
    const { leaderId: leader = -1, leaderEpoch = -1 } = replica ?? {}
    this.ofCopies(partition, broker, (account, place) => {
      // One that begins anew keeps nothing, wherever it begins.
      const isLeft = replica === undefined ? place.offset < to : recordAt(replica.log, place.offset) !== undefined
      if (!isLeft) this.gone(account, place, 'cut', broker, atMs, { from, to, leader, leaderEpoch })
    })
  }

  private gone(
    { steps }: AccountBuilder,
    place: WatchedPlace,
    how: 'cut' | 'crash',
    broker: number,
    atMs: number,
    how2: { readonly from: number; readonly to: number; readonly leader: number; readonly leaderEpoch: number },
  ): void {
    place.copies.delete(broker)
    place.passed.delete(broker)
    steps.push({ kind: 'gone', atMs, who: `broker-${broker}`, how, broker, offset: place.offset, ...how2 })
  }

  private everywhere(isMeant: (place: WatchedPlace) => boolean, how: 'deleted' | 'topic', atMs: number): void {
    for (const { steps, places } of this.accounts) {
      for (const place of places) {
        if (!isMeant(place) || place.copies.size === 0) continue
        place.copies.clear()
        const nothing = { broker: -1, from: -1, to: -1, leader: -1, leaderEpoch: -1 }
        steps.push({ kind: 'gone', atMs, who: place.partition, how, offset: place.offset, ...nothing })
      }
    }
  }

  private ofRecord(client: string, n: number, tell: (account: AccountBuilder) => void): void {
    for (const account of this.accounts) if (account.id.client === client && account.id.n === n) tell(account)
  }

  private ofBatch(client: string, records: readonly number[], tell: (account: AccountBuilder) => void): void {
    for (const account of this.accounts) {
      if (account.id.client === client && records.includes(account.id.n)) tell(account)
    }
  }

  /** Of every record that this replica holds. */
  private ofCopies(
    partition: string,
    broker: number,
    tell: (account: AccountBuilder, place: WatchedPlace) => void,
  ): void {
    for (const account of this.accounts) {
      for (const place of account.places) {
        if (place.partition === partition && place.copies.has(broker)) tell(account, place)
      }
    }
  }
}

function topicOf(partition: string): string {
  return partition.slice(0, partition.lastIndexOf('-'))
}
