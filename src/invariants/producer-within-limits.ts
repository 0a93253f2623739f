// IC-7, at each batch that leaves: how many requests are on their way, how much memory is taken, how large and how old the
// batch is. Sizes of compressed batches are estimates until they are made (P-3). How late an outcome may be told is left out:
// a process that stood still tells it late.

import type { ProducerConfig } from '../config/producer-config.ts'
import type { FaultApplied, ProduceSent } from '../trace/kafka-event.ts'
import type { Invariant } from './invariant.ts'

export const producerWithinLimits: Invariant = {
  id: 'producer-within-limits',
  rule: 'IC-7',
  statement:
    'A producer keeps to max.in.flight.requests.per.connection, buffer.memory and batch.size, and sends nothing older than delivery.timeout.ms.',
  assumes: [],
  create: (cluster, report) => {
    const disturbed = new Set<string>()
    return {
      hears: ['produce-sent', 'fault-applied'],
      hear(heard) {
        // It hears nothing else.
        const event = heard as ProduceSent | FaultApplied
        if (event.type === 'fault-applied') {
          if (!HOLDING_UP.has(event.verb)) return
          for (const process of event.targets)
            if (process.startsWith(PRODUCER)) disturbed.add(process.slice(PRODUCER.length))
          return
        }
        const config = cluster.producerOf(event.client)?.config
        const problem = config === undefined ? undefined : excess(event, config, disturbed.has(event.client))
        if (problem !== undefined) report(event.partition, `${event.client}: ${problem}`, cluster.ordinal)
      },
    }
  },
}

const PRODUCER = 'producer-'
/** With these a process does late what it would have done, by its own clock. */
const HOLDING_UP: ReadonlySet<string> = new Set(['pause', 'slow-cpu', 'clock-jump', 'clock-drift'])

function excess(event: ProduceSent, config: ProducerConfig, isDisturbed: boolean): string | undefined {
  const { requestsInFlight, bufferedBytes, sizeBytes, ageMs, records } = event
  const mostRequests = config['max.in.flight.requests.per.connection']
  if (requestsInFlight > mostRequests) {
    return `${requestsInFlight} requests are on their way to broker ${event.broker}, at most ${mostRequests} may be`
  }
  const memoryBytes = config['buffer.memory']
  if (bufferedBytes > memoryBytes) return `${bufferedBytes} bytes wait, and buffer.memory is ${memoryBytes}`
  const batchBytes = config['batch.size']
  if (records.length > 1 && sizeBytes > batchBytes && !event.isCompressed) {
    return `a batch of ${records.length} records has ${sizeBytes} bytes, and batch.size is ${batchBytes}`
  }
  const limitMs = config['delivery.timeout.ms']
  // Where retries go in front of one another an old batch may lie behind a young one, at which expiry stops looking (P-7).
  const isOrdered = config['enable.idempotence'] || mostRequests === 1
  // It sends what it can before it gives up what is too old (P-7): what is due that very moment leaves still, and whatever
  // has become too old while its process stood still.
  return ageMs <= limitMs || !isOrdered || isDisturbed
    ? undefined
    : `a batch leaves after ${ageMs} ms, and delivery.timeout.ms is ${limitMs}`
}
