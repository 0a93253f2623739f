// Whom a target means at the moment a fault fires, as the controller sees the cluster then.

import { unreachable, type Rng } from '../../../sim/index.ts'
import { OFFSETS_TOPIC } from '../../broker/internal-topics.ts'
import { groupPartition } from '../../group/group-partition.ts'
import type { SimulatedCluster } from '../cluster/simulated-cluster.ts'
import type { Target } from '../faults/target.ts'

/** Names of processes, without repetition; empty if the target means nobody now. `rng` is the fault's own stream. */
export function resolveTargets(targets: readonly Target[], cluster: SimulatedCluster, rng: () => Rng): string[] {
  const names = new Set<string>()
  for (const target of targets) for (const name of resolveTarget(target, cluster, rng)) names.add(name)
  return [...names]
}

function resolveTarget(target: Target, cluster: SimulatedCluster, rng: () => Rng): string[] {
  switch (target.kind) {
    case 'broker':
      return [`broker-${target.id}`]
    case 'rack':
      return cluster.world.processes.filter((process) => process.rack === target.rack).map((process) => process.name)
    case 'leader': {
      const leader = cluster.metadata?.partition(target.topic, target.partition)?.leader ?? -1
      return leader < 0 ? [] : [`broker-${leader}`]
    }
    case 'follower': {
      const state = cluster.metadata?.partition(target.topic, target.partition)
      const follower = state?.replicas.find((id) => id !== state.leader)
      return follower === undefined ? [] : [`broker-${follower}`]
    }
    case 'coordinator': {
      const partitions = cluster.metadata?.topics.get(OFFSETS_TOPIC)?.partitions ?? []
      if (partitions.length === 0) return []
      const leader = partitions[groupPartition(target.group, partitions.length)]?.leader ?? -1
      return leader < 0 ? [] : [`broker-${leader}`]
    }
    case 'controller':
      return cluster.world.processes.filter(({ name }) => name.startsWith('controller-')).map(({ name }) => name)
    case 'producer':
    case 'consumer': {
      const wanted = (name: string) =>
        target.index === undefined
          ? name.startsWith(`${target.kind}-${target.name}[`)
          : name === `${target.kind}-${target.name}[${target.index}]`
      return cluster.world.processes.filter(({ name }) => wanted(name)).map(({ name }) => name)
    }
    case 'brokers': {
      const all = cluster.brokerIds
      const count = {
        one: 1,
        minority: Math.ceil(all.length / 2) - 1,
        majority: Math.floor(all.length / 2) + 1,
        all: all.length,
      }
      const ids = target.which === 'all' ? all : rng().shuffled(all).slice(0, count[target.which])
      return ids.map((id) => `broker-${id}`).toSorted()
    }
    default:
      return unreachable(target, 'target')
  }
}
