// Records handed to one group's application more than once, found at the end from all deliveries. A record is what a
// producer was asked to send, wherever it lies.

import type { History } from './history.ts'

export interface Redelivery {
  readonly partition: string
  readonly client: string
  readonly n: number
  readonly times: number
  /** The first two times. */
  readonly handed: readonly [Handover, Handover]
}

export interface Handover {
  readonly member: string
  readonly atUs: number
}

export interface GroupDeliveries {
  /** Different records. */
  readonly records: number
  /** Those handed over twice or more. */
  readonly redelivered: readonly Redelivery[]
  readonly most: number
}

/** From one time on until before another. */
export interface Window {
  readonly fromUs: number
  readonly untilUs: number
}

const EVER: Window = { fromUs: 0, untilUs: Infinity }

/** Of all members of a group, of the records of a topic (undefined: of all), in a window. */
export function deliveriesIn(
  history: History,
  group: string,
  topic: string | undefined,
  { fromUs, untilUs }: Window = EVER,
): GroupDeliveries {
  const times = new Map<string, Uint16Array>()
  const again = new Map<string, { partition: string; client: string; n: number }>()
  let records = 0
  for (const { consumer, partition, count, producers, ns, timesUs } of history.deliveries) {
    if (!isMember(consumer, group) || (topic !== undefined && topicOf(partition) !== topic)) continue
    for (let i = 0; i < count; i++) {
      if (timesUs.at(i) < fromUs || timesUs.at(i) >= untilUs) continue
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
      if (before === 1) again.set(`${client}#${n}`, { partition, client, n })
    }
  }
  const handovers = handoversOf(history, group, again)
  const redelivered = [...again].flatMap(([key, one]) => {
    const [first, second] = (handovers.get(key) ?? []).toSorted((a, b) => a.atUs - b.atUs)
    if (first === undefined || second === undefined) return []
    const handed: readonly [Handover, Handover] = [first, second]
    return [{ ...one, times: times.get(one.client)?.[one.n] ?? 0, handed }]
  })
  const most = redelivered.reduce((highest, one) => Math.max(highest, one.times), records > 0 ? 1 : 0)
  return { records, redelivered, most }
}

/** Of the records named `client#n`, all times they were handed to this group. */
function handoversOf(history: History, group: string, wanted: ReadonlyMap<string, unknown>): Map<string, Handover[]> {
  const found = new Map<string, Handover[]>()
  if (wanted.size === 0) return found
  for (const { consumer, count, producers, ns, timesUs } of history.deliveries) {
    if (!isMember(consumer, group)) continue
    for (let i = 0; i < count; i++) {
      const key = `${history.clientName(producers.at(i))}#${ns.at(i)}`
      if (!wanted.has(key)) continue
      const handovers = found.get(key) ?? []
      handovers.push({ member: consumer, atUs: timesUs.at(i) })
      found.set(key, handovers)
    }
  }
  return found
}

export function isMember(client: string, group: string): boolean {
  return client.startsWith(`${group}[`)
}

function topicOf(partition: string): string {
  return partition.slice(0, partition.lastIndexOf('-'))
}
