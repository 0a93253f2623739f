// Ends the account of one record: where it is on each replica, what became of it, and, if it is lost, why.

import type { SimulatedCluster } from '../cluster/simulated-cluster.ts'
import type { AccountBuilder, WatchedPlace } from './account-builder.ts'
import type {
  AnsweredStep,
  Fate,
  LossCause,
  RecordAccount,
  RecordPlace,
  ReplicaAtEnd,
  StoryStep,
} from './record-story.ts'
import { recordAt } from './records-in-log.ts'
import type { Surroundings } from './surroundings.ts'

export function accountOf(account: AccountBuilder, cluster: SimulatedCluster, around: Surroundings): RecordAccount {
  const { name: record, outcome, acks } = account
  const places = account.places.map((place) => placeAtEnd(place, record, cluster))
  const fate = fateOf(account, places)
  const loss = fate === 'lost' ? lossOf(account, around) : null
  const steps = stepsOf(account, around, cluster.world.loop.nowUs / 1000)
  return { record, fate, outcome, acks, loss, places, steps }
}

/** Its own steps, and what went on meanwhile; for one that still waits for its outcome, to the end of the run. */
function stepsOf(account: AccountBuilder, around: Surroundings, endMs: number): StoryStep[] {
  const { steps, outcome } = account
  const fromMs = steps[0]?.atMs ?? 0
  const toMs = outcome === 'pending' ? endMs : (steps.at(-1)?.atMs ?? endMs)
  // Of one instant, what happened around it comes first: it may be the cause.
  return [...around.around(account, fromMs, toMs), ...steps].toSorted((a, b) => a.atMs - b.atMs)
}

function placeAtEnd(place: WatchedPlace, name: string, cluster: SimulatedCluster): RecordPlace {
  const { partition, offset, epochs, copies } = place
  const state = stateOf(partition, cluster)
  // The one that counts: alive, and aware of its office.
  const leader = state === undefined ? undefined : cluster.currentLeader(state.topic, state.index)
  const brokers = new Set([...(state?.replicas ?? []), ...copies.keys()])
  const replicas = [...brokers]
    .toSorted((a, b) => a - b)
    .map((broker) => replicaAtEnd(broker, leader?.leaderId === broker, place, name, cluster))
  return { partition, offset, epochs, replicas }
}

function replicaAtEnd(
  broker: number,
  isLeader: boolean,
  { partition, offset, copies }: WatchedPlace,
  name: string,
  cluster: SimulatedCluster,
): ReplicaAtEnd {
  const replica = cluster.partitionsOf(broker)?.get(partition)
  const hadIt = copies.has(broker)
  if (replica === undefined) {
    const state = cluster.broker(broker) === undefined ? 'down' : 'none'
    const unknown = { record: null, epoch: -1, logStartOffset: -1, logEndOffset: -1, highWatermark: -1 }
    return { broker, state, isLeader, hadIt, ...unknown }
  }
  const { logStartOffset, logEndOffset, highWatermark } = replica.log
  const found = recordAt(replica.log, offset)
  const record = found === undefined || found.client === '' ? null : `${found.client}#${found.n}`
  const empty = offset < logStartOffset ? 'below-start' : 'beyond-end'
  const state = found === undefined ? empty : record === name ? 'here' : 'other'
  return {
    broker,
    state,
    isLeader,
    hadIt,
    record,
    epoch: found?.epoch ?? -1,
    logStartOffset,
    logEndOffset,
    highWatermark,
  }
}

function fateOf(account: AccountBuilder, places: readonly RecordPlace[]): Fate {
  const acked = account.outcome === 'ok' && account.acks !== 0
  const inLog = places.filter(({ replicas }) => replicas.some(({ isLeader, state }) => isLeader && state === 'here'))
  if (inLog.length > 1) return 'duplicated'
  if (inLog.length === 1) return acked ? 'safe' : 'unacknowledged'
  if (!acked) return 'absent'
  if (account.steps.some((step) => step.kind === 'gone' && (step.how === 'deleted' || step.how === 'topic'))) {
    return 'deleted'
  }
  return places.some(({ replicas }) => replicas.some(({ isLeader }) => isLeader)) ? 'lost' : 'undecided'
}

/** The first answer that acknowledged it, and the first leader without it. */
function lossOf(account: AccountBuilder, around: Surroundings): LossCause | null {
  const answer = account.steps.find((step): step is AnsweredStep => step.kind === 'answered' && step.error === null)
  if (answer === undefined) return null
  const { broker, acks, holders, isr, offset } = answer
  const epoch = account.places.find((place) => place.offset === offset)?.epochs.at(-1) ?? -1
  const election = around.electionWithout(account, epoch)
  const before = election?.from ?? broker
  const fault = election === null ? null : around.faultOn(`broker-${before < 0 ? broker : before}`, election.atMs)
  return { broker, acks, holders, isr, election, fault }
}

function stateOf(partition: string, cluster: SimulatedCluster) {
  for (const { partitions } of cluster.metadata?.topics.values() ?? []) {
    const state = partitions.find(({ key }) => key === partition)
    if (state !== undefined) return state
  }
  return undefined
}
