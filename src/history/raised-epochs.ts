// Why a record of an idempotent producer lies in a log twice though no broker is at fault (P-20…P-22, R-46): nobody knew whether
// it was written, a batch of its producer and partition was given up or refused as out of order meanwhile, and so it was
// numbered anew, under a higher epoch. Hears of attempts as they happen; the log has the last word.

import type { TraceBus } from '../../sim/index.ts'
import { mayHaveAppended } from '../client/producer-outcome.ts'
import type { PartitionLog } from '../log/partition-log.ts'
import { Errors } from '../protocol/error-codes.ts'
import { producerEpoch, producerId } from '../records/record-batch.ts'
import type { KafkaEvent, ProduceCompleted, ProduceRetried, ProduceSent } from '../trace/kafka-event.ts'
import type { Duplicate } from './checkers.ts'

const CODES: ReadonlyMap<string, number> = new Map(Object.entries(Errors))
const ACKS_ALL = -1

/** A record of which an attempt ended without anybody knowing how. */
interface Open {
  /** When its batch left for the first time, and for the last. */
  readonly leftAtUs: number
  resentAtUs: number
}

/** Producer id and epoch. */
interface Numbering {
  readonly id: number
  readonly epoch: number
}

export class RaisedEpochs {
  /** When batches on their way left for the first time, by client and first record: one entry for each, many a second. */
  private readonly leftAtUs = new Map<string, Map<number, number>>()
  private readonly open = new Map<string, Open>()
  /** When batches of a client and partition were given up, or refused as out of order. */
  private readonly causesUs = new Map<string, number[]>()

  constructor(trace: TraceBus<KafkaEvent>) {
    trace.subscribe(['produce-sent', 'produce-retried', 'produce-completed'], (event, { atUs }) => {
      if (event.type === 'produce-sent') this.sent(event, atUs)
      else if (event.type === 'produce-retried') this.retried(event, atUs)
      else if (event.type === 'produce-completed') this.completed(event, atUs)
    })
  }

  /** Are these, in the order of their offsets, what raised epochs and nothing else make of records? */
  explain(duplicated: readonly Duplicate[], logs: ReadonlyMap<string, PartitionLog>): boolean {
    const before = new Map<string, Numbering>()
    return duplicated.every(({ partition, client, n, offset, firstOffset }) => {
      const log = logs.get(partition)
      if (log === undefined || !this.mayBeNumberedAnew(client, n, partition)) return false
      const record = `${client} ${n}`
      const first = before.get(record) ?? numberingAt(log, firstOffset)
      const again = numberingAt(log, offset)
      if (first === undefined || again === undefined) return false
      before.set(record, again)
      return first.id === again.id && first.epoch < again.epoch
    })
  }

  private mayBeNumberedAnew(client: string, n: number, partition: string): boolean {
    const open = this.open.get(`${client} ${n}`)
    const causesUs = this.causesUs.get(`${client} ${partition}`)
    if (open === undefined || causesUs === undefined) return false
    return causesUs.some((atUs) => atUs >= open.leftAtUs && atUs <= open.resentAtUs)
  }

  private sent({ client, records, attempt }: ProduceSent, atUs: number): void {
    if (attempt === 1) {
      let leftAtUs = this.leftAtUs.get(client)
      if (leftAtUs === undefined) {
        leftAtUs = new Map()
        this.leftAtUs.set(client, leftAtUs)
      }
      leftAtUs.set(records[0]!, atUs)
    } else if (this.open.size > 0) {
      for (const n of records) {
        const open = this.open.get(`${client} ${n}`)
        if (open !== undefined) open.resentAtUs = atUs
      }
    }
  }

  private retried({ client, partition, records, error, answered }: ProduceRetried, atUs: number): void {
    const code = CODES.get(error) ?? Errors.UNKNOWN_SERVER_ERROR
    if (code === Errors.OUT_OF_ORDER_SEQUENCE_NUMBER) this.mayRaise(client, partition, atUs)
    const leftAtUs = this.leftAtUs.get(client)?.get(records[0]!)
    if (leftAtUs === undefined || (answered && !mayHaveAppended(code, ACKS_ALL))) return
    for (const n of records)
      if (!this.open.has(`${client} ${n}`)) this.open.set(`${client} ${n}`, { leftAtUs, resentAtUs: -1 })
  }

  private completed({ client, partition, n, outcome }: ProduceCompleted, atUs: number): void {
    this.leftAtUs.get(client)?.delete(n)
    if (outcome !== 'ok') this.mayRaise(client, partition, atUs)
  }

  private mayRaise(client: string, partition: string, atUs: number): void {
    const key = `${client} ${partition}`
    const known = this.causesUs.get(key)
    if (known === undefined) this.causesUs.set(key, [atUs])
    else if (known.at(-1) !== atUs) known.push(atUs)
  }
}

/** Of the batch that holds `offset`. */
function numberingAt(log: PartitionLog, offset: number): Numbering | undefined {
  const { bytes } = log.read(offset, 1, log.logEndOffset, true)
  return bytes.length === 0 ? undefined : { id: producerId(bytes, 0), epoch: producerEpoch(bytes, 0) }
}
