// Fetch, of followers and consumers (R-53… ), in sessions or without; stale followers are told by leader
// epoch and broker epoch. Left out: quotas, aborted transactions.

import { assert } from '../../sim/assert.ts'
import type { ServerRequest } from '../network/request-server.ts'
import { Errors } from '../protocol/error-codes.ts'
import type { RequestOf, ResponseOf } from '../protocol/messages.ts'
import type { BrokerContext } from './broker-context.ts'
import { REQUEST_COST_US } from './costs.ts'
import { FetchAnswer, withoutData } from './fetch-answer.ts'
import { type FetchSessionCache, NO_SESSION } from './fetch-session-cache.ts'
import { fetchInSession, refusal } from './fetch-session.ts'
import { CONSUMER_REPLICA_ID, type FetchItem, type FetchParams, FetchResult } from './fetch-types.ts'
import type { ReplicaManager } from './replica-manager.ts'
import type { SessionPartition } from './session-partitions.ts'

const REPLICA_STATE_SINCE = 15
const ANY_REPLICA_SINCE = 11
const READ_COMMITTED = 1

export function handleFetch(
  context: BrokerContext,
  replicas: ReplicaManager,
  sessions: FetchSessionCache,
  request: ServerRequest,
): void {
  const { host, metadata } = context
  host.jobs.charge(REQUEST_COST_US)
  const body = request.bodyAs('Fetch')
  const fetch = fetchInSession(sessions, metadata, body, request.version, host.clock.wallMs())
  if (typeof fetch === 'number') return respond(context, request, withoutData(fetch, NO_SESSION))
  const params = paramsOf(context, body, request.version)
  const served: SessionPartition[] = []
  const refused: Refused[] = []
  for (let partition = fetch.partitions.first; partition !== undefined; partition = partition.next) {
    const errorCode = refusal(metadata, partition, fetch.usesTopicIds)
    if (errorCode === Errors.NONE) served.push(partition)
    else refused.push({ partition, errorCode })
  }
  const items: FetchItem[] = []
  for (let i = 0; i < served.length; i++) items.push(served[i]!.item)
  replicas.fetchMessages(params, items, (results) => {
    if (!fetch.isCurrent) {
      // Another request of the session overtook this one.
      return respond(context, request, withoutData(Errors.INVALID_FETCH_SESSION_EPOCH, fetch.sessionId))
    }
    const answer = new FetchAnswer(context, replicas, fetch, request.version)
    for (let i = 0; i < served.length; i++) {
      const result = results[i]
      if (result === undefined) assert(false, 'a partition was not read')
      answer.tell(served[i]!, result)
    }
    // In an answer that may have waited for the others.
    for (const { partition, errorCode } of refused) answer.tell(partition, FetchResult.refused(errorCode))
    const isFollower = params.replicaId !== CONSUMER_REPLICA_ID
    const sessionId = fetch.end(sessions, isFollower, host.clock.wallMs())
    respond(context, request, answer.inSession(sessionId, isFollower))
  })
}

/** Nobody knows it: no replica is asked. */
interface Refused {
  readonly partition: SessionPartition
  readonly errorCode: number
}

function respond(context: BrokerContext, request: ServerRequest, body: ResponseOf<'Fetch'>): void {
  const lateMs = context.buggify.delayMs('delay-fetch-answer')
  if (lateMs === 0) request.respond('Fetch', body)
  else context.host.clock.after(lateMs, 'late-fetch-answer', () => request.respond('Fetch', body))
}

function paramsOf(context: BrokerContext, body: RequestOf<'Fetch'>, version: number): FetchParams {
  const { replicaId, replicaEpoch } =
    version >= REPLICA_STATE_SINCE ? body.replicaState : { replicaId: body.replicaId, replicaEpoch: -1 }
  const isFollower = replicaId >= 0
  const maxBytes = Math.min(body.maxBytes, context.config['fetch.max.bytes'])
  return {
    replicaId: isFollower ? replicaId : CONSUMER_REPLICA_ID,
    replicaEpoch,
    maxWaitMs: body.maxWaitMs,
    minBytes: Math.min(body.minBytes, maxBytes),
    maxBytes,
    bound: isFollower ? 'log-end' : body.isolationLevel === READ_COMMITTED ? 'last-stable' : 'high-watermark',
    leaderOnly: isFollower || version < ANY_REPLICA_SINCE,
    clientRack: isFollower || version < ANY_REPLICA_SINCE ? '' : body.rackId,
  }
}
