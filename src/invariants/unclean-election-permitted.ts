// An election from outside the ISR may lose what was committed: where config or an admin allows it, that breaks assumption
// C1 for the partition and excuses what follows; anywhere else it is a violation of its own.

import { RESOURCE_TYPE } from '../metadata/metadata-image.ts'
import type { ApiName } from '../protocol/api-keys.ts'
import { type PartitionChanged, REPLAYED, UNCLEAN_BY_ADMIN } from '../trace/kafka-event.ts'
import type { Invariant, InvariantCheck, Report } from './invariant.ts'
import type { WatchedCluster } from './watched-cluster.ts'
import type { CommittedPartition } from './watched-partition.ts'

const CONFIG = 'unclean.leader.election.enable'
/** How the controller explains what it changed as a broker registered. */
const REGISTRATION: ApiName = 'BrokerRegistration'

class UncleanElectionPermitted implements InvariantCheck {
  readonly hears = ['partition-changed'] as const
  private readonly cluster: WatchedCluster
  private readonly report: Report

  constructor(cluster: WatchedCluster, report: Report) {
    this.cluster = cluster
    this.report = report
  }

  hear({ partition: key, leader, leaderEpoch, partitionEpoch, reason }: PartitionChanged): void {
    const partition = this.cluster.partitionAsCommitted(key)
    const before = partition.committed
    // After a change we were not told of nobody can say who was in the ISR.
    if (before === undefined || partitionEpoch !== before.partitionEpoch + 1) return
    if (leader < 0 || leaderEpoch === before.leaderEpoch || partition.electable.includes(leader)) return
    if (isWished(reason) || isLastKnown(before, leader, reason) || this.isPermitted(partition.topic)) {
      this.cluster.assumptions.uncleanElection(partition, leader, leaderEpoch, this.cluster.nowUs)
      return
    }
    const elected = `broker ${leader} was elected in epoch ${leaderEpoch} (${reason})`
    this.report(key, `${elected} and the ISR was [${before.isr.join(', ')}]`, partition.committedOrdinal)
  }

  private isPermitted(topic: string): boolean {
    const { metadata, uncleanElectionEnabled, uncleanElectionByConfig } = this.cluster
    if (!uncleanElectionByConfig) return false
    const said = metadata?.configOf(RESOURCE_TYPE.topic, topic).get(CONFIG)
    const byDefault = metadata?.configOf(RESOURCE_TYPE.broker, '').get(CONFIG)
    return (said ?? byDefault ?? String(uncleanElectionEnabled)) === 'true'
  }
}

/** By an admin; or perhaps, where a controller died before it could say why it did so. */
function isWished(reason: string): boolean {
  return reason === UNCLEAN_BY_ADMIN || reason === REPLAYED
}

/**
 * With eligible leader replicas, the last known leader is elected when nobody is eligible: or is no more, because
 * the last one of them registers anew in the same record.
 */
function isLastKnown(
  { isr, elr = [], lastKnownElr = [] }: CommittedPartition,
  leader: number,
  reason: string,
): boolean {
  if (isr.length > 0 || !lastKnownElr.includes(leader)) return false
  return elr.length === 0 || (elr.length === 1 && reason === REGISTRATION)
}

export const uncleanElectionPermitted: Invariant = {
  id: 'unclean-election-permitted',
  rule: 'R-97',
  statement:
    'A leader is elected from outside the ISR only where config or an admin permits it, or as the last known one.',
  assumes: ['C4'],
  create: (cluster, report) => new UncleanElectionPermitted(cluster, report),
}
