// RI-3: who may be elected has what was committed. A member that lost data and is neither fenced nor registered anew since
// is not counted; neither is one whose process is dead. Nor is anybody asked for what the leader in office has deleted: a
// member learns of that with its next fetch only, and may have been cut to where the leader's epochs begin.

import { describeMissing } from './describe-missing.ts'
import type { Invariant, InvariantCheck, Report } from './invariant.ts'
import type { WatchedCluster } from './watched-cluster.ts'
import type { WatchedPartition } from './watched-partition.ts'
import { HAPPENED, type WatchedReplica } from './watched-replica.ts'

const OF_MEMBER = HAPPENED.truncated | HAPPENED.role

class IsrHoldsCommitted implements InvariantCheck {
  readonly concerns = { leader: OF_MEMBER | HAPPENED.committed, follower: OF_MEMBER }
  private readonly cluster: WatchedCluster
  private readonly report: Report

  constructor(cluster: WatchedCluster, report: Report) {
    this.cluster = cluster
    this.report = report
  }

  checkReplica(replica: WatchedReplica): void {
    const { home, happened } = replica
    if ((happened & HAPPENED.committed) !== 0) this.checkPartition(home)
    else if (home.electable.includes(replica.broker)) this.checkMember(replica)
  }

  checkPartition(partition: WatchedPartition): void {
    const { committed } = partition
    if (committed === undefined) return
    const { isr, elr } = committed
    for (let i = 0; i < isr.length; i++) this.checkMember(partition.replica(isr[i]!))
    if (elr !== undefined) for (let i = 0; i < elr.length; i++) this.checkMember(partition.replica(elr[i]!))
  }

  private checkMember(member: WatchedReplica): void {
    const { trail, home, broker } = member
    if (trail.holdsAllCommitted || member.lacksUnnoticed || !this.cluster.isRunning(member)) return
    if (!trail.lacksFrom(this.cluster.startInOffice(home))) return
    const { ledger } = home
    const where = home.committed?.isr.includes(broker) ? 'ISR' : 'ELR'
    const since = ledger.ordinal(ledger.indexOf(trail.firstMissing))
    this.report(home.key, `broker ${broker} is in the ${where} ${describeMissing(member)}`, since, broker)
  }
}

export const isrHoldsCommitted: Invariant = {
  id: 'isr-holds-committed',
  rule: 'RI-3',
  statement:
    'Every running member of the ISR and of the eligible leader replicas of the controller holds every committed batch.',
  assumes: ['C1', 'C2', 'C4', 'C5', 'upstream-data'],
  create: (cluster, report) => new IsrHoldsCommitted(cluster, report),
}
