// The calls that an application makes of its consumer, on the one thread that makes them. A call that waits can be woken
// up: then it throws where it waits, and what it was doing may clean up (C-23).

import type { KafkaHost } from '../../trace/kafka-event.ts'
import { type Blocking, BlockingThread } from './blocking.ts'
import { ConsumerError, WAKEUP } from './pending.ts'

export class ApplicationCalls {
  /** The application's thread is within a call of ours. */
  inCall = false
  private readonly thread: BlockingThread
  private wakeupWanted = false
  private undisturbed = false

  constructor(host: KafkaHost) {
    this.thread = new BlockingThread(host)
  }

  run(application: Blocking<void>): void {
    this.thread.run(application)
  }

  /** Something that it may wait for has happened. */
  wake(): void {
    this.thread.wake()
  }

  /** The call that blocks, or the next one that would, throws. */
  wakeup(): void {
    this.wakeupWanted = true
    this.thread.wake()
  }

  /** From now on nothing is woken up: closing. */
  goOnUndisturbed(): void {
    this.undisturbed = true
  }

  *call<T>(script: Blocking<T>): Blocking<T> {
    const outer = this.inCall
    this.inCall = true
    try {
      for (;;) {
        const step = this.takeWakeup() ? script.throw(new ConsumerError(WAKEUP)) : script.next()
        if (step.done === true) return step.value
        yield step.value
      }
    } finally {
      this.inCall = outer
    }
  }

  private takeWakeup(): boolean {
    const isWoken = this.wakeupWanted && !this.undisturbed
    if (isWoken) this.wakeupWanted = false
    return isWoken
  }
}
