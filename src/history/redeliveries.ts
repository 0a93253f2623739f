// Records handed to one group's application more than once, found at the end from all deliveries. A record is what a
// producer was asked to send, wherever it lies.

import type { History } from './history.ts'

export interface Redelivery {
  readonly partition: string
  readonly client: string
  readonly n: number
  readonly times: number
}

export interface GroupDeliveries {
  /** Different records. */
  readonly records: number
  /** Those handed over twice or more. */
  readonly redelivered: readonly Redelivery[]
  readonly most: number
}

/** Of all members of a group, of the records of a topic (undefined: of all). */
export function deliveriesIn(history: History, group: string, topic: string | undefined): GroupDeliveries {
  const times = new Map<string, Uint16Array>()
  const first = new Map<string, { partition: string; client: string; n: number }>()
  let records = 0
  for (const { consumer, partition, count, producers, ns } of history.deliveries) {
    if (!isMember(consumer, group) || (topic !== undefined && topicOf(partition) !== topic)) continue
    for (let i = 0; i < count; i++) {
      const client = history.clientName(producers.at(i))
      const known = history.clients.get(client)
      if (known === undefined) continue
      let ofClient = times.get(client)
      if (ofClient === undefined || ofClient.length < known.count) {
        ofClient = new Uint16Array(known.count)
        times.set(client, ofClient)
      }
      const n = ns.at(i)
      const before = ofClient[n] ?? 0
      ofClient[n] = before + 1
      if (before === 0) records += 1
      if (before === 1) first.set(`${client}#${n}`, { partition, client, n })
    }
  }
  const redelivered = [...first.values()].map((one) => ({ ...one, times: times.get(one.client)?.[one.n] ?? 0 }))
  const most = redelivered.reduce((highest, one) => Math.max(highest, one.times), records > 0 ? 1 : 0)
  return { records, redelivered, most }
}

export function isMember(client: string, group: string): boolean {
  return client.startsWith(`${group}[`)
}

function topicOf(partition: string): string {
  return partition.slice(0, partition.lastIndexOf('-'))
}
