// Which records were sent more than once, and what their producers made of the attempt before.

import type { TraceBus } from '../../../../sim/index.ts'
import type { KafkaEvent } from '../../../trace/kafka-event.ts'

export interface Retry {
  readonly atUs: number
  readonly error: string
  /** False: nobody answered. */
  readonly answered: boolean
}

export class Retries {
  /** Of each record the first. */
  private readonly first = new Map<string, Map<number, Retry>>()

  constructor(trace: TraceBus<KafkaEvent>) {
    trace.subscribe(['produce-retried'], (event, { atUs }) => {
      if (event.type !== 'produce-retried') return
      const ofClient = this.first.get(event.client) ?? new Map<number, Retry>()
      this.first.set(event.client, ofClient)
      const { error, answered } = event
      for (const n of event.records) if (!ofClient.has(n)) ofClient.set(n, { atUs, error, answered })
    })
  }

  of(client: string, n: number): Retry | undefined {
    return this.first.get(client)?.get(n)
  }
}
