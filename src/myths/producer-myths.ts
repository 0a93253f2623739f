// Myths about how producers send: when, how often, in what order, how compressed.

import { resolveConfig } from '../config/resolve-config.ts'
import { KAFKA_VERSIONS } from '../config/versions.ts'
import { BatchesInLog } from './batches-in-log.ts'
import type { Myth } from './myth.ts'

const P = 'orders-0'
const LEADER = 1
const WEB = 'web[0]'
const MIB = 1024 * 1024

export const PRODUCER_MYTHS: readonly Myth[] = [
  {
    id: 'M22',
    slug: 'no-linger-by-default',
    claim: 'By default a producer sends a record at once: linger.ms is 0.',
    verdict: 'depends on version',
    truth: 'It was, up to 3.9. Since 4.0 a batch that is not full waits 5 ms for more records (KIP-1030).',
    rules: 'P-4, KIP-1030',
    rows: 'releases',
    probe: (witness) => {
      const waitedMs: number[] = []
      witness.on('produce-sent', ({ attempt, ageMs }) => {
        if (attempt === 1) waitedMs.push(ageMs)
      })
      return () => {
        // The first one waits for a connection.
        const waits = waitedMs.slice(1).toSorted((a, b) => a - b)
        const usualMs = waits[Math.floor(waits.length / 2)]
        return {
          holds: usualMs === undefined ? undefined : usualMs === 0,
          facts: [`of ${waits.length} batches half left ${usualMs ?? 0} ms after their first record, or earlier`],
        }
      }
    },
  },
  {
    id: 'M23',
    slug: 'full-buffer-throws',
    claim: 'A producer whose buffer is full throws at once.',
    verdict: 'false',
    truth:
      'send() waits for memory, as it does for metadata, for at most max.block.ms (60 s by default); only then it fails, with BufferExhaustedException.',
    rules: 'P-1, P-3',
    probe: (witness) => {
      const sentAtMs = new Map<string, number>()
      const waitedMs: number[] = []
      witness.on('produce-invoked', ({ client, n }, atMs) => void sentAtMs.set(`${client}#${n}`, atMs))
      witness.on('produce-completed', ({ client, n, error }, atMs) => {
        const since = sentAtMs.get(`${client}#${n}`)
        if (error?.startsWith('BufferExhausted') === true && since !== undefined) waitedMs.push(atMs - since)
      })
      return ({ verdict }) => {
        const shortestMs = Math.min(...waitedMs)
        const facts = [
          `${verdict.history.acked} records were acknowledged, those that waited for memory among them`,
          waitedMs.length === 0
            ? 'none failed for want of memory'
            : `${waitedMs.length} failed for want of memory, none before it had waited ${Math.floor(shortestMs)} ms`,
        ]
        return { holds: waitedMs.length === 0 ? undefined : shortestMs < 100, facts }
      }
    },
  },
  {
    id: 'M24',
    slug: 'buffer-of-64mb',
    claim: 'The buffer of a producer has 64 MB by default.',
    verdict: 'false',
    truth: 'It has 32 MiB (buffer.memory). What is in flight counts until it is answered.',
    rules: 'P-3',
    probe: (witness) => {
      let most = 0
      witness.on('produce-sent', ({ bufferedBytes }) => {
        most = Math.max(most, bufferedBytes)
      })
      return () => {
        const defaults = KAFKA_VERSIONS.map((kafka) => resolveConfig('producer', kafka, {})['buffer.memory'] / MIB)
        const facts = [
          `the default of buffer.memory in releases ${KAFKA_VERSIONS[0]} to ${KAFKA_VERSIONS.at(-1)} is ${[...new Set(defaults)].join(' or ')} MiB`,
          `with more to send than that, ${(most / MIB).toFixed(1)} MiB were taken at most`,
        ]
        return { holds: most < 25 * MIB ? undefined : most > 40 * MIB, facts }
      }
    },
  },
  {
    id: 'M25',
    slug: 'no-key-round-robin',
    claim: 'Records without a key go to the partitions in turn.',
    verdict: 'false',
    truth:
      "They stay with one partition until a batch's worth went there (2.4, KIP-480), and go on to one that was drawn, by load since 3.3 (KIP-794). Round robin is RoundRobinPartitioner, and the way of kafkajs.",
    rules: 'P-10, P-12, KIP-480, KIP-794',
    probe: (witness) => {
      const partitionOf = new Map<number, string>()
      witness.on('produce-sent', ({ partition, records }) => {
        for (const n of records) partitionOf.set(n, partition)
      })
      return () => {
        let changes = 0
        for (const [n, partition] of partitionOf) {
          const before = partitionOf.get(n - 1)
          if (before !== undefined && before !== partition) changes += 1
        }
        const pairs = partitionOf.size - 1
        const facts = [`of ${pairs} records ${changes} went to another partition than the one before`]
        return { holds: pairs < 10 ? undefined : changes > pairs * 0.9, facts }
      }
    },
  },
  {
    id: 'M26',
    slug: 'a-key-keeps-its-partition',
    claim: 'A key always goes to the same partition: the hash of the key modulo the number of partitions.',
    verdict: 'false',
    truth:
      'As long as their number stays. When partitions are added most keys move, and order by key ends there. librdkafka hashes in another way (CRC-32) than the Java client (murmur2).',
    rules: 'P-11, P-13',
    probe: (witness) => {
      const keyOf = new Map<number, number>()
      const partitionsOf = new Map<number, Set<string>>()
      witness.on('produce-invoked', ({ n, key = -1 }) => {
        if (key >= 0) keyOf.set(n, key)
      })
      witness.on('produce-sent', ({ partition, records }) => {
        for (const n of records) {
          const key = keyOf.get(n)
          if (key === undefined) continue
          const partitions = partitionsOf.get(key) ?? new Set()
          partitionsOf.set(key, partitions.add(partition))
        }
      })
      return () => {
        const moved = [...partitionsOf.values()].filter(({ size }) => size > 1).length
        const facts = [`of ${partitionsOf.size} keys ${moved} were in more than one partition`]
        return { holds: partitionsOf.size === 0 ? undefined : moved === 0, facts }
      }
    },
  },
  {
    id: 'M27',
    slug: 'fire-and-forget-is-once',
    claim: 'Who sends and does not look at the result sends once: what fails is gone.',
    verdict: 'false',
    truth:
      'Not looking changes nothing. The producer retries in the background until delivery.timeout.ms is over; what does not wait for anybody is acks=0.',
    rules: 'P-7, P-8, P-9',
    probe: (witness) => {
      const failedOnce = new Set<number>()
      let arrived = 0
      witness.on('produce-retried', ({ records }) => {
        for (const n of records) failedOnce.add(n)
      })
      witness.on('produce-completed', ({ n, outcome, error }) => {
        if (outcome === 'ok' && failedOnce.has(n)) arrived += 1
        if (outcome !== 'ok' && error !== null) failedOnce.add(n)
      })
      return () => ({
        holds: failedOnce.size === 0 ? undefined : arrived < failedOnce.size,
        facts: [`of ${failedOnce.size} records whose first attempt failed ${arrived} were acknowledged in the end`],
      })
    },
  },
  {
    id: 'M28',
    slug: 'order-needs-waiting',
    claim: 'To keep the order of records one must wait for each answer before the next is sent.',
    verdict: 'false',
    truth:
      'An idempotent producer keeps it with up to five requests on their way: brokers refuse what does not come next, and it is sent again in order.',
    rules: 'P-5, P-16, R-46',
    probe: (witness) => {
      let most = 0
      let retried = 0
      witness.on('produce-sent', ({ requestsInFlight }) => {
        most = Math.max(most, requestsInFlight)
      })
      witness.on('produce-retried', () => {
        retried += 1
      })
      return ({ verdict, judged }) => {
        const isKept = judged.find(({ text }) => text === 'order-per-partition')?.met === true
        const facts = [
          `up to ${most} requests were on their way at a time; ${retried} batches were sent again`,
          `of ${verdict.history.acked} acknowledged records ${verdict.history.reordered ?? 0} are out of order`,
        ]
        return { holds: most < 2 || retried === 0 ? undefined : !isKept, facts }
      }
    },
  },
  {
    id: 'M29',
    slug: 'few-retries-by-default',
    claim: 'By default a producer tries again a few times at most.',
    verdict: 'false',
    truth:
      'retries is 2147483647 since 2.1 (KIP-91). What ends a batch is delivery.timeout.ms, two minutes after it was made.',
    rules: 'P-7, P-8, KIP-91',
    probe: (witness) => {
      let attempts = 0
      let givenUp = ''
      let waitedMs = 0
      let sentAtMs: number | undefined
      witness.on('produce-invoked', ({ client }, atMs) => {
        if (client === WEB) sentAtMs ??= atMs
      })
      witness.on('produce-sent', ({ client, attempt }) => {
        if (client === WEB) attempts = Math.max(attempts, attempt)
      })
      witness.on('produce-completed', ({ client, n, error }, atMs) => {
        if (client !== WEB || n !== 0 || error === null) return
        givenUp = error
        waitedMs = atMs - (sentAtMs ?? 0)
      })
      return () => ({
        holds: givenUp === '' ? undefined : attempts <= 10,
        facts: [
          `a batch was tried ${attempts} times`,
          `it was given up after ${Math.round(waitedMs / 1000)} s: ${givenUp}`,
        ],
      })
    },
  },
  {
    id: 'M30',
    slug: 'three-codecs',
    claim: 'Batches are compressed with gzip, snappy or lz4, or not at all.',
    verdict: 'false',
    truth: 'And with zstd, since 2.1 (KIP-110).',
    rules: 'W-42, W-48, R-5, KIP-110',
    probe: (witness) => () => {
      const batches = new BatchesInLog(witness.replica(LEADER, P)?.log)
      const { records, bytes } = batches
      const facts = [
        `${records} records take ${bytes} bytes in the log, in batches of codec ${[...batches.codecs].join(', ')}`,
      ]
      return { holds: records === 0 ? undefined : [...batches.codecs].every((codec) => codec <= 3), facts }
    },
  },
  {
    id: 'M31',
    slug: 'idempotence-of-one-session',
    claim: 'Idempotence is for one partition and one session of a producer.',
    verdict: 'true',
    truth:
      'So it is. A producer that was started again has another id, which no broker connects with the first; sequences are counted partition by partition. Brokers remember five batches of an id, and forget it a day after it fell silent.',
    rules: 'P-15, P-17, P-27, R-45',
    probe: (witness) => () => {
      const partitions = [P, 'orders-1'].map((key) => new BatchesInLog(witness.replica(LEADER, key)?.log))
      const ids = new Set(partitions.flatMap(({ firstSequences }) => [...firstSequences.keys()]))
      const starts = partitions.flatMap(({ firstSequences }) => [...firstSequences.values()])
      const facts = [
        `one producer, started twice, wrote under ${ids.size} ids`,
        `in ${partitions.length} partitions the first sequences of each are ${[...new Set(starts)].join(', ')}`,
      ]
      const isSeen = ids.size > 1 && starts.length === 2 * ids.size
      return { holds: isSeen ? starts.every((sequence) => sequence === 0) : undefined, facts }
    },
  },
]
