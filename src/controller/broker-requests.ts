// Registration and heartbeats of brokers (R-88…R-92). Left out: features to verify, migration.

import { assert, unreachable } from '../../sim/index.ts'
import { Errors } from '../protocol/error-codes.ts'
import type { MetadataRecord } from '../protocol/metadata-record.ts'
import type { RequestOf, ResponseOf } from '../protocol/messages.ts'
import { isCurrentBrokerEpoch, leadsAny, type ControllerResult, type ControllerState } from './controller-state.ts'
import { directoriesOffline, fenceBroker, handleShutdown, startControlledShutdown, unfenceBroker } from './fencing.ts'

export function registerBroker(
  state: ControllerState,
  request: RequestOf<'BrokerRegistration'>,
): ControllerResult<ResponseOf<'BrokerRegistration'>> {
  const { brokerId, incarnationId } = request
  if (request.clusterId !== state.clusterId) return refusedRegistration(Errors.INCONSISTENT_CLUSTER_ID)
  const existing = state.image.brokers.get(brokerId)
  const sameIncarnation = existing?.incarnationId === incarnationId
  // A broker restarted at once must outwait its old session.
  if (existing !== undefined && !sameIncarnation && state.heartbeats.hasValidSession(brokerId)) {
    return refusedRegistration(Errors.DUPLICATE_BROKER_REGISTRATION)
  }
  // The same incarnation keeps its epoch and state (KAFKA-16952); a new one starts fenced.
  const amends = existing !== undefined && sameIncarnation
  // The marker of a clean shutdown names the epoch that was current then (KIP-966). An older controller took no notice.
  const isClean = state.switches.cleanShutdownDetection && existing?.epoch === request.previousBrokerEpoch
  const record: MetadataRecord = {
    type: 'RegisterBrokerRecord',
    brokerId,
    isMigratingZkBroker: false,
    incarnationId,
    brokerEpoch: amends ? existing.epoch : state.nextOffset(),
    endPoints: request.listeners.map(({ name, host, port, securityProtocol }) => ({
      name,
      host,
      port,
      securityProtocol,
    })),
    features: request.features.map(({ name, minSupportedVersion, maxSupportedVersion }) => ({
      name,
      minSupportedVersion,
      maxSupportedVersion,
    })),
    rack: request.rack,
    fenced: amends ? existing.fenced : true,
    inControlledShutdown: amends ? existing.inControlledShutdown : false,
    logDirs: request.logDirs,
  }
  return {
    records: amends ? [record] : [...handleShutdown(state, brokerId, isClean), record],
    reply: { throttleTimeMs: 0, errorCode: Errors.NONE, brokerEpoch: record.brokerEpoch },
  }
}

export function brokerHeartbeat(
  state: ControllerState,
  request: RequestOf<'BrokerHeartbeat'>,
): ControllerResult<ResponseOf<'BrokerHeartbeat'>> {
  const { brokerId } = request
  if (!isCurrentBrokerEpoch(state.image, brokerId, request.brokerEpoch)) {
    return { records: [], reply: heartbeatReply(Errors.STALE_BROKER_EPOCH, false, true, false) }
  }
  const registrationOffset = state.registrationOffsets.get(brokerId)
  assert(registrationOffset !== undefined, `broker ${brokerId} is registered at an unknown offset`)
  const current = state.heartbeats.currentState(brokerId)
  const next = state.heartbeats.nextState(brokerId, request, registrationOffset, leadsAny(state.image, brokerId))
  const records: MetadataRecord[] = []
  if (next !== current) {
    switch (next) {
      case 'FENCED':
      case 'SHUTDOWN_NOW':
        records.push(...fenceBroker(state, brokerId))
        break
      case 'UNFENCED':
        records.push(...unfenceBroker(state, brokerId))
        break
      case 'CONTROLLED_SHUTDOWN':
        records.push(...startControlledShutdown(state, brokerId))
        break
      default:
        unreachable(next, 'broker control state')
    }
  }
  const fenced = next === 'FENCED' || next === 'SHUTDOWN_NOW'
  state.heartbeats.touch(brokerId, fenced, request.currentMetadataOffset)
  if (next === 'CONTROLLED_SHUTDOWN') {
    state.heartbeats.enterControlledShutdown(brokerId, state.nextOffset() + records.length - 1)
  }
  records.push(...directoriesOffline(state, brokerId, request.offlineLogDirs))
  const caughtUp = request.currentMetadataOffset >= registrationOffset
  return { records, reply: heartbeatReply(Errors.NONE, caughtUp, fenced, next === 'SHUTDOWN_NOW') }
}

function refusedRegistration(errorCode: number): ControllerResult<ResponseOf<'BrokerRegistration'>> {
  return { records: [], reply: { throttleTimeMs: 0, errorCode, brokerEpoch: -1 } }
}

function heartbeatReply(
  errorCode: number,
  isCaughtUp: boolean,
  isFenced: boolean,
  shouldShutDown: boolean,
): ResponseOf<'BrokerHeartbeat'> {
  return { throttleTimeMs: 0, errorCode, isCaughtUp, isFenced, shouldShutDown }
}
