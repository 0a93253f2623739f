// After the last fault is healed the cluster must settle: every partition led and its ISR full, producers done,
// consumers caught up — or the run is stuck, and this says what waits for what.

import type { History } from '../history/history.ts'
import type { SimulatedCluster } from './simulated-cluster.ts'

/** What is not settled, one line each; empty when all is. */
export function unsettled(cluster: SimulatedCluster, history: History): string[] {
  return [...unsettledPartitions(cluster), ...unsettledProducers(cluster, history), ...unsettledConsumers(cluster)]
}

function unsettledPartitions(cluster: SimulatedCluster): string[] {
  const waiting: string[] = []
  for (const topic of cluster.metadata?.topics.values() ?? []) {
    for (const state of topic.partitions) {
      if (state.leader < 0) {
        waiting.push(`${state.key} has no leader: it waits for one of its ISR [${state.isr.join(',')}]`)
        continue
      }
      const leader = cluster.currentLeader(topic.name, state.index)
      if (leader === undefined) {
        waiting.push(`${state.key}: broker ${state.leader} has not yet taken office in epoch ${state.leaderEpoch}`)
        continue
      }
      if (state.isr.length < state.replicas.length) waiting.push(`${state.key}: ${missingMembers(cluster, state)}`)
      else if (leader.log.highWatermark < leader.log.logEndOffset) {
        const { highWatermark, logEndOffset } = leader.log
        waiting.push(`${state.key}: high watermark ${highWatermark} has not reached the log end ${logEndOffset}`)
      }
    }
  }
  return waiting
}

function missingMembers(
  cluster: SimulatedCluster,
  state: { replicas: readonly number[]; isr: readonly number[] },
): string {
  const missing = state.replicas.filter((id) => !state.isr.includes(id))
  const why = missing.map((id) => {
    if (cluster.broker(id) === undefined) return `broker ${id} is down`
    return cluster.metadata?.isActive(id) === true ? `broker ${id} has not caught up` : `broker ${id} is fenced`
  })
  return `ISR [${state.isr.join(',')}] lacks [${missing.join(',')}] (${why.join('; ')})`
}

function unsettledProducers(cluster: SimulatedCluster, history: History): string[] {
  const unfinished = cluster.liveProducers().filter((producer) => !producer.isFinished)
  return unfinished.length === 0
    ? []
    : [`${unfinished.length} producers wait for the outcome of ${history.pending()} records`]
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
  for (const [key, position] of cluster.liveConsumers().get(name)?.positions() ?? []) {
    const cut = key.lastIndexOf('-')
    const leader = cluster.currentLeader(key.slice(0, cut), Number(key.slice(cut + 1)))
    if (leader === undefined) return `${name} cannot read ${key}: it has no leader`
    if (position < leader.log.highWatermark) {
      return `${name} is at ${position} of ${key}, which is committed up to ${leader.log.highWatermark}`
    }
  }
  return undefined
}
