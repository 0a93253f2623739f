// RI-19: fetchers fit roles, and who runs is registered. A follower that gave a partition up has no fetcher until
// metadata names another leader epoch; one that shuts down need not have any.

import type { KafkaEvent } from '../trace/kafka-event.ts'
import type { ObservedReplica } from './cluster-view.ts'
import type { Invariant, InvariantCheck, Report } from './invariant.ts'
import type { WatchedCluster } from './watched-cluster.ts'
import { HAPPENED, type WatchedReplica } from './watched-replica.ts'

const MATTERS = HAPPENED.role | HAPPENED.truncated

class ValidFetcherState implements InvariantCheck {
  readonly concerns = { leader: MATTERS, follower: MATTERS }
  readonly hears = ['replica-failed', 'broker-state-changed'] as const
  private readonly cluster: WatchedCluster
  private readonly report: Report
  /** By index of the replica: the object and epoch in which it gave up. */
  private readonly gaveUp: ({ readonly state: ObservedReplica; readonly epoch: number } | undefined)[] = []
  private brokersChanged = false

  constructor(cluster: WatchedCluster, report: Report) {
    this.cluster = cluster
    this.report = report
  }

  hear(event: KafkaEvent): void {
    if (event.type === 'broker-state-changed') this.brokersChanged = true
    if (event.type !== 'replica-failed') return
    const replica = this.cluster.partition(event.partition).replica(event.broker)
    const state = this.cluster.stateOf(replica)
    if (state === undefined) return
    while (this.gaveUp.length <= replica.index) this.gaveUp.push(undefined)
    this.gaveUp[replica.index] = { state, epoch: state.leaderEpoch }
  }

  checkReplica(replica: WatchedReplica): void {
    const { state, broker, home, index } = replica
    if (state === undefined) return
    const process = this.cluster.view.broker(broker)
    if (process === undefined) return
    const problem = fetcherProblem(process.fetchedFrom(home.key), state, () => {
      const failed = this.gaveUp[index]
      const isFailed = failed !== undefined && failed.state === state && failed.epoch === state.leaderEpoch
      return process.state === 'RUNNING' && !isFailed && process.metadata.brokers.has(state.leaderId)
    })
    if (problem !== undefined) this.report(home.key, `broker ${broker} ${problem}`, this.cluster.ordinal, broker)
  }

  afterEvent(): void {
    if (!this.brokersChanged) return
    this.brokersChanged = false
    const { view, metadata } = this.cluster
    for (const id of view.brokerIds) {
      const process = view.broker(id)
      if (process?.state !== 'RUNNING' || metadata === undefined) continue
      if (process.brokerEpoch >= 0 && metadata.brokers.has(id)) continue
      this.report(`broker-${id}`, `broker ${id} runs and is not registered`, this.cluster.ordinal)
    }
  }
}

/** What is wrong with the fetchers of one replica; `mustFetch`: its leader is known, and nothing excuses it. */
export function fetcherProblem(
  sources: readonly number[],
  { role, leaderId, leaderEpoch }: Pick<ObservedReplica, 'role' | 'leaderId' | 'leaderEpoch'>,
  mustFetch: () => boolean,
): string | undefined {
  if (role === 'leader' && sources.length > 0) {
    return `leads epoch ${leaderEpoch} and fetches from broker ${sources.join(', ')}`
  }
  if (sources.length > 1) return `has ${sources.length} fetchers, from brokers ${sources.join(', ')}`
  if (role === 'follower' && leaderId >= 0 && sources.length === 0 && mustFetch()) {
    return `follows broker ${leaderId} in epoch ${leaderEpoch} and fetches from nobody`
  }
  return undefined
}

export const validFetcherState: Invariant = {
  id: 'valid-fetcher-state',
  rule: 'RI-19',
  statement:
    'A leader fetches its partition from nobody, a follower from one broker, and a broker that runs is registered.',
  assumes: ['C4'],
  create: (cluster, report) => new ValidFetcherState(cluster, report),
}
