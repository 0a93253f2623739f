// RI-4: whom the controller may elect, the leader waits for. That is what lets the controller and a leader change the ISR
// without waiting for each other. A leader that has heard of the latest ISR and asks for no other waits for nobody
// else.

import type { Invariant, InvariantCheck, Report } from './invariant.ts'
import type { WatchedCluster } from './watched-cluster.ts'
import type { WatchedPartition } from './watched-partition.ts'
import { HAPPENED, type WatchedReplica } from './watched-replica.ts'

const OF_LEADER = HAPPENED.role | HAPPENED.isr

class MaximalIsrCoversIsr implements InvariantCheck {
  readonly concerns = { leader: OF_LEADER, follower: 0 }
  private readonly cluster: WatchedCluster
  private readonly report: Report

  constructor(cluster: WatchedCluster, report: Report) {
    this.cluster = cluster
    this.report = report
  }

  checkReplica(replica: WatchedReplica): void {
    if (replica.isCurrentLeader) this.checkPartition(replica.home)
  }

  checkPartition(partition: WatchedPartition): void {
    const { committed, committedOrdinal, key } = partition
    if (committed === undefined || committed.leader < 0) return
    const leader = this.cluster.stateOf(partition.replica(committed.leader))
    if (leader === undefined || leader.role !== 'leader' || leader.leaderEpoch !== committed.leaderEpoch) return
    if (!leader.isrChangeInFlight && leader.partitionEpoch === committed.partitionEpoch) {
      const stranger = leader.maximalIsr.find((member) => !committed.isr.includes(member))
      if (stranger !== undefined) {
        const waited = `leader ${committed.leader} waits for [${leader.maximalIsr.join(', ')}] with no change on its way`
        const now = `the ISR of the controller is [${committed.isr.join(', ')}]`
        this.report(key, `${waited} and ${now}`, committedOrdinal, stranger)
      }
    }
    for (const member of committed.isr) {
      if (leader.maximalIsr.includes(member)) continue
      const waited = `leader ${committed.leader} waits for [${leader.maximalIsr.join(', ')}]`
      this.report(
        key,
        `${waited} and the ISR of the controller is [${committed.isr.join(', ')}]`,
        committedOrdinal,
        member,
      )
    }
  }
}

export const maximalIsrCoversIsr: Invariant = {
  id: 'maximal-isr-covers-isr',
  rule: 'RI-4',
  statement:
    'The leader in office waits for every member of the ISR of the controller and, if it asks for no change, for nobody else.',
  assumes: ['C4', 'upstream-view'],
  create: (cluster, report) => new MaximalIsrCoversIsr(cluster, report),
}
