// What an application does with a record that fails whenever it is handled: tries again, at once or by way of a seek, and
// gives up in the end: passes it by, puts it with the dead letters, closes its consumer, or dies.

import { type Blocking, sleepUntil } from '../client/group/blocking.ts'
import type { DecodedRecord } from '../records/batch-reader.ts'
import type { KafkaHost } from '../trace/kafka-event.ts'
import type { DeadLetters } from './dead-letters.ts'
import type { PoisonPolicy } from './member-options.ts'
import { HandlerFailed, Toil } from './record-handler.ts'

/** `passed`: the next record may be handled. `again`: it is to be read again, by way of a seek. `stopped`: no more of it. */
export type PoisonOutcome = 'passed' | 'again' | 'stopped'

export class PoisonHandling {
  private readonly host: KafkaHost
  private readonly policy: PoisonPolicy
  private readonly deadLetters: DeadLetters | undefined
  private readonly isStopping: () => boolean
  /** Tries so far, of records that are read again. */
  private readonly tries = new Map<string, number>()

  constructor(host: KafkaHost, policy: PoisonPolicy, deadLetters: DeadLetters | undefined, isStopping: () => boolean) {
    this.host = host
    this.policy = policy
    this.deadLetters = deadLetters
    this.isStopping = isStopping
  }

  /** It has just failed. `takesUs` is what each try takes; `wake` has the thread that waits look again. */
  *deal(partition: string, record: DecodedRecord, takesUs: number, wake: () => void): Blocking<PoisonOutcome> {
    const { policy } = this
    const name = `${partition}@${record.offset}`
    for (let tries = (this.tries.get(name) ?? 0) + 1; tries < policy.tries; tries++) {
      yield* sleepUntil(this.host, this.host.clock.monotonicMs() + policy.backoffMs)
      if (this.isStopping()) return 'stopped'
      if (policy.by === 'seek') {
        this.tries.set(name, tries)
        return 'again'
      }
      const toil = new Toil(this.host)
      toil.add(takesUs)
      yield* toil.work()
    }
    this.tries.delete(name)
    if (policy.giveUp === 'close' || policy.giveUp === 'crash') throw new HandlerFailed(name, policy.giveUp)
    if (policy.giveUp === 'dead-letter') yield* this.putAway(record, wake)
    return 'passed'
  }

  private *putAway(record: DecodedRecord, wake: () => void): Blocking<void> {
    if (this.deadLetters !== undefined) yield* this.deadLetters.send(record, wake)
  }
}
