// After the last fault is healed the cluster must settle: every partition led and its ISR full, producers done,
// consumers caught up — or the run is stuck, and this says what waits for what.

import type { History } from '../../history/history.ts'
import { KU_5, KU_8, KU_9 } from '../../invariants/known-upstream.ts'
import type { MetadataImage } from '../../metadata/metadata-image.ts'
import type { PartitionState } from '../../metadata/partition-state.ts'
import type { ProducerWorkload } from '../../workload/producer-workload.ts'
import { whyOvertaken } from './overtaken.ts'
import type { SimulatedCluster } from './simulated-cluster.ts'

/** What is not settled, one line each; empty when all is. `explains`: also why producers wait, as far as it can be said. */
export function unsettled(cluster: SimulatedCluster, history: History, explains = false): string[] {
  const toCome = cluster.topicsToCome.map((topic) => `topic ${topic} is not created: ${whyNotCreated(cluster)}`)
  return [
    ...toCome,
    ...unsettledPartitions(cluster),
    ...unsettledProducers(cluster, history, explains),
    ...unsettledConsumers(cluster),
  ]
}

/** The administrator waits until no broker is fenced. */
function whyNotCreated(cluster: SimulatedCluster): string {
  const { metadata } = cluster
  if (metadata === undefined) return 'no controller has taken office'
  const missing = cluster.brokerIds.filter((id) => !metadata.isActive(id))
  return missing.length === 0 ? 'the controller has not answered' : `brokers [${missing.join(', ')}] are fenced or down`
}

function unsettledPartitions(cluster: SimulatedCluster): string[] {
  const waiting = missingReplicas(cluster)
  for (const topic of cluster.metadata?.topics.values() ?? []) {
    for (const state of topic.partitions) {
      const log = cluster.currentLeader(topic.name, state.index)?.log
      if (log !== undefined && log.highWatermark < log.logEndOffset && state.isr.length === state.replicas.length) {
        waiting.push(
          `${state.key}: high watermark ${log.highWatermark} has not reached the log end ${log.logEndOffset}`,
        )
      }
    }
  }
  return waiting
}

/** Replicas that are not alive, in their role and in the ISR, one line a partition; empty when every ISR is full. */
export function missingReplicas(cluster: SimulatedCluster): string[] {
  const { metadata } = cluster
  if (metadata === undefined) return ['no controller has taken office']
  const missing: string[] = []
  for (const topic of metadata.topics.values()) {
    for (const state of topic.partitions) {
      if (state.leader < 0) {
        missing.push(`${state.key} has no leader: it waits for one of its ISR [${state.isr.join(',')}]`)
        continue
      }
      const why = state.replicas.flatMap((id) => whyNotInSync(cluster, metadata, state, id))
      if (why.length > 0) missing.push(`${state.key}, ISR [${state.isr.join(',')}]: ${why.join('; ')}`)
    }
  }
  return missing
}

/** What keeps a replica from being a live member of its ISR; empty if nothing does. */
function whyNotInSync(cluster: SimulatedCluster, metadata: MetadataImage, state: PartitionState, id: number): string[] {
  const broker = cluster.broker(id)
  if (broker === undefined) return [`broker ${id} is down${reasonOfHalt(cluster, id)}`]
  const registered = metadata.brokers.get(id)
  if (registered?.epoch !== broker.brokerEpoch) {
    // It has been registered, and another incarnation after it: each broker has one that lives.
    const isDisplaced =
      registered !== undefined &&
      registered.incarnationId !== broker.incarnationId &&
      broker.brokerEpoch >= 0 &&
      registered.epoch > broker.brokerEpoch
    return [isDisplaced ? displaced(id) : `broker ${id} is not registered yet`]
  }
  if (!metadata.isActive(id)) return [`broker ${id} is fenced`]
  const partition = broker.partitions?.get(state.key)
  if (broker.state !== 'RUNNING' || partition?.leaderEpoch !== state.leaderEpoch) {
    return [`broker ${id} has not taken its role in epoch ${state.leaderEpoch}`]
  }
  return state.isr.includes(id) ? [] : [`broker ${id} has not caught up`]
}

function displaced(id: number): string {
  return `${KU_5.id}: a late request of a process that is gone took the registration of broker ${id}`
}

/**
 * Whether Kafka itself would wait, of its own fault and not by settings, for ever or for a delivery timeout. On a broker that is
 * never let in much else may wait; on a producer, or a partition that nobody noticed, nothing else does.
 */
export function waitsForUpstream(stuckOn: readonly string[]): boolean {
  if (stuckOn.some((line) => line.includes(`${KU_5.id}: `))) return true
  return stuckOn.length > 0 && stuckOn.every((line) => [KU_8, KU_9].some(({ id }) => line.includes(`${id}: `)))
}

function reasonOfHalt(cluster: SimulatedCluster, id: number): string {
  const reason = cluster.haltReasons.get(`broker-${id}`)
  return reason === undefined ? '' : ` (it stopped itself: ${reason})`
}

function unsettledProducers(cluster: SimulatedCluster, history: History, explains: boolean): string[] {
  const unfinished = cluster.liveProducers().filter((producer) => !producer.isFinished)
  if (unfinished.length === 0) return []
  const what = `${unfinished.length} producers wait for the outcome of ${history.pending()} records`
  if (!explains) return [what]
  const causes = unfinished.map((producer) => whyItWaits(cluster, producer))
  const [first] = causes
  return [first === undefined || causes.includes(undefined) ? what : `${what}; ${first}`]
}

/** Undefined if something of it waits for anything else. */
function whyItWaits(cluster: SimulatedCluster, { outOfOrderHeads }: ProducerWorkload): string | undefined {
  const causes = outOfOrderHeads.map((batch) => {
    const dash = batch.key.lastIndexOf('-')
    const leader = cluster.currentLeader(batch.key.slice(0, dash), Number(batch.key.slice(dash + 1)))
    return whyOvertaken(batch, leader?.log)
  })
  return causes.includes(undefined) ? undefined : causes[0]
}

function unsettledConsumers(cluster: SimulatedCluster): string[] {
  return [...cluster.liveConsumers().keys()].flatMap((name) => {
    const behind = firstBehind(cluster, name)
    return behind === undefined ? [] : [behind]
  })
}

/** Consumers that have read all that is committed. */
export function caughtUpConsumers(cluster: SimulatedCluster): string[] {
  return [...cluster.liveConsumers().keys()].filter((name) => firstBehind(cluster, name) === undefined)
}

function firstBehind(cluster: SimulatedCluster, name: string): string | undefined {
  const consumer = cluster.liveConsumers().get(name)
  const positions = consumer?.positions() ?? new Map<string, number>()
  for (const [topic, wanted] of consumer?.assignment ?? []) {
    const partitions = cluster.metadata?.topics.get(topic)?.partitions ?? []
    if (partitions.length === 0) return `${name} waits for topic ${topic}`
    for (const { key, index } of partitions) {
      if (wanted !== 'all' && !wanted.includes(index)) continue
      const leader = cluster.currentLeader(topic, index)
      if (leader === undefined) return `${name} cannot read ${key}: it has no leader`
      // A new leader's high watermark may lie below what is committed until its followers have fetched.
      const { highWatermark } = leader.log
      if (highWatermark < (leader.leaderEpochStartOffset ?? 0)) return `${name} waits for the high watermark of ${key}`
      const position = positions.get(key) ?? -1
      if (position < highWatermark)
        return `${name} is at ${position} of ${key}, which is committed up to ${highWatermark}`
      // What it read was lost, and it has yet to hear of it: other records lie below its position now.
      if (consumer?.isOffLogOf(key, leader) === true)
        return `${name} is at ${position} of ${key}, and what it read there is not on the log of leader epoch ${leader.leaderEpoch}`
      if (position > highWatermark) return `${name} is at ${position} of ${key}, and that ends at ${highWatermark}`
    }
  }
  return undefined
}
