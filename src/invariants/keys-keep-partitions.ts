// IC-8, of producers that go by keys as the Java client does: the partition of a keyed record is that of its key's hash
// (P-11), of as many partitions as its topic has or had, for a client may not know of the latest ones.

import { murmur2 } from '../client/partitioners/murmur2.ts'
import type { PartitionChanged, ProduceInvoked, ProduceSent } from '../trace/kafka-event.ts'
import { keyBytes } from '../workload/key-chooser.ts'
import type { Invariant, InvariantCheck, Report } from './invariant.ts'
import type { WatchedCluster, WatchedProducer } from './watched-cluster.ts'

class KeysKeepPartitions implements InvariantCheck {
  readonly hears = ['produce-invoked', 'produce-sent', 'partition-changed'] as const
  private readonly cluster: WatchedCluster
  private readonly report: Report
  /** By client: hashes of the keys of its records, by their numbers. Clients without keys are not there. */
  private readonly hashes = new Map<string, number[]>()
  private readonly byKey = new Map<number, number>()
  private readonly counts = new Map<string, number[]>()
  /** By topic: the event of its latest number. */
  private readonly grewAt = new Map<string, number>()

  constructor(cluster: WatchedCluster, report: Report) {
    this.cluster = cluster
    this.report = report
  }

  hear(event: ProduceInvoked | ProduceSent | PartitionChanged): void {
    if (event.type === 'produce-sent') this.sent(event)
    else if (event.type === 'partition-changed') this.created(event)
    else if (event.key !== undefined && event.key >= 0) this.noteKey(event, event.key)
  }

  /** Batches may wait for long, and were given to a partition when its topic had fewer: each number is noted when it is new. */
  private created({ partition, partitionEpoch }: PartitionChanged): void {
    if (partitionEpoch === 0) this.countsOf(partition.slice(0, partition.lastIndexOf('-')))
  }

  private noteKey({ client, n }: ProduceInvoked, key: number): void {
    let hashes = this.hashes.get(client)
    if (hashes === undefined) {
      const producer = this.cluster.producerOf(client)
      if (producer === undefined || !goesByKeys(producer)) return
      hashes = []
      this.hashes.set(client, hashes)
    }
    hashes[n] = this.hashOf(key)
  }

  /** Of the key that a workload calls by this number. */
  private hashOf(key: number): number {
    let hash = this.byKey.get(key)
    if (hash === undefined) {
      hash = murmur2(keyBytes(key)) & 0x7fffffff
      this.byKey.set(key, hash)
    }
    return hash
  }

  private sent({ client, partition, records, attempt }: ProduceSent): void {
    const hashes = attempt === 1 ? this.hashes.get(client) : undefined
    if (hashes === undefined) return
    const dash = partition.lastIndexOf('-')
    const index = Number(partition.slice(dash + 1))
    const counts = this.countsOf(partition.slice(0, dash))
    if (counts.length === 0) return
    for (const n of records) {
      const hash = hashes[n]
      if (hash === undefined || counts.some((count) => hash % count === index)) continue
      const rightly = counts.map((count) => hash % count).join(' or ')
      this.report(partition, `the key of ${client}#${n} belongs to partition ${rightly}`, this.cluster.ordinal)
    }
  }

  /** Numbers of partitions that the topic has had, as far as was seen. */
  private countsOf(topic: string): readonly number[] {
    let seen = this.counts.get(topic)
    if (seen === undefined) {
      seen = []
      this.counts.set(topic, seen)
    }
    const now = this.cluster.view.metadata?.topics.get(topic)?.partitions.length
    if (now === undefined || seen.at(-1) === now) return seen
    // Partitions that come together come one by one here: in between is a number that nobody ever saw.
    const { ordinal } = this.cluster
    if (this.grewAt.get(topic) === ordinal) seen.pop()
    this.grewAt.set(topic, ordinal)
    seen.push(now)
    return seen
  }
}

function goesByKeys({ config, library }: WatchedProducer): boolean {
  if (library !== 'java') return library === 'kafkajs'
  return config['partitioner.class'] === null && !config['partitioner.ignore.keys']
}

export const keysKeepPartitions: Invariant = {
  id: 'keys-keep-partitions',
  rule: 'IC-8',
  statement:
    'A record with a key goes to the partition of the hash of its key, as long as its topic has as many of them.',
  assumes: [],
  create: (cluster, report) => new KeysKeepPartitions(cluster, report),
}
