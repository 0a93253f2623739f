// What a handler makes of each record: how long it takes, whether it fails. Time is counted in µs and slept in whole ms.

import type { Rng } from '../../sim/index.ts'
import { type Blocking, sleepUntil } from '../client/group/blocking.ts'
import type { DecodedRecord } from '../records/batch-reader.ts'
import type { KafkaHost } from '../trace/kafka-event.ts'
import type { FailureEnd, GroupMemberOptions } from './member-options.ts'
import { isPoison } from './record-identity.ts'

export type Verdict = 'handled' | 'poison' | FailureEnd

/** One a process; its workers share it. */
export class RecordHandler {
  private readonly options: GroupMemberOptions
  private readonly rng: Rng | undefined
  private readonly isFirstProcess: boolean
  private begun = 0

  constructor(host: KafkaHost, options: GroupMemberOptions) {
    this.options = options
    this.isFirstProcess = host.incarnation === 1
    this.rng = typeof options.processUs === 'number' ? undefined : host.random.stream('handler')
  }

  /** Begins the next record: how many µs it will take. */
  begin(): number {
    this.begun += 1
    const { processUs, slow } = this.options
    const usualUs = typeof processUs === 'number' ? processUs : (this.rng?.quantile(processUs) ?? 0)
    if (slow === undefined) return usualUs
    const isSlow = 'every' in slow ? this.begun % slow.every === 0 : this.isFirstProcess && this.begun === slow.at
    return isSlow ? slow.takesUs : usualUs
  }

  /** Of the record that was begun last. */
  verdict(record: DecodedRecord): Verdict {
    const { failure } = this.options
    if (failure !== undefined && this.isFirstProcess && this.begun === failure.at) return failure.end
    return isPoison(record.value) ? 'poison' : 'handled'
  }
}

/** Work that a thread owes. */
export class Toil {
  private readonly host: KafkaHost
  private owedUs = 0

  constructor(host: KafkaHost) {
    this.host = host
  }

  add(us: number): void {
    this.owedUs += us
  }

  /** Does it, but for what does not make up a whole ms yet. */
  *work(): Blocking<void> {
    const wholeMs = Math.floor(this.owedUs / 1000)
    if (wholeMs === 0) return
    this.owedUs -= wholeMs * 1000
    yield* sleepUntil(this.host, this.host.clock.monotonicMs() + wholeMs)
  }
}

/** A handler's failure that ends its application. */
export class HandlerFailed extends Error {
  override readonly name = 'HandlerFailed'
  readonly end: FailureEnd

  constructor(record: string, end: FailureEnd) {
    super(`the handler failed on ${record}`)
    this.end = end
  }
}
