// A leader asks to change its ISR. Validation is in Kafka's order: the order decides which error a stale
// leader sees, and so what it does next. Left out: reassignments, which such a request may complete.

import { applyPartitionChange, LEADER_UNCHANGED, RECOVERY, type PartitionState } from '../metadata/partition-state.ts'
import { Errors } from '../protocol/error-codes.ts'
import type { MetadataRecord } from '../protocol/metadata-record.ts'
import type { RequestOf, ResponseOf } from '../protocol/messages.ts'
import {
  changeRules,
  electionKind,
  isCurrentBrokerEpoch,
  type ControllerResult,
  type ControllerState,
} from './controller-state.ts'
import { changePartition } from './partition-change.ts'

type Response = ResponseOf<'AlterPartition'>
type PartitionRequest = RequestOf<'AlterPartition'>['topics'][number]['partitions'][number]
type PartitionReply = Response['topics'][number]['partitions'][number]

export function alterPartition(
  state: ControllerState,
  request: RequestOf<'AlterPartition'>,
): ControllerResult<Response> {
  if (!isCurrentBrokerEpoch(state.image, request.brokerId, request.brokerEpoch)) {
    return { records: [], reply: { throttleTimeMs: 0, errorCode: Errors.STALE_BROKER_EPOCH, topics: [] } }
  }
  const records: MetadataRecord[] = []
  const topics = request.topics.map((topicRequest) => {
    const name = state.image.topicNames.get(topicRequest.topicId)
    const partitions = topicRequest.partitions.map((asked) => {
      if (name === undefined) return refused(asked, Errors.UNKNOWN_TOPIC_ID)
      const partition = state.image.partition(name, asked.partitionIndex)
      if (partition === undefined) return refused(asked, Errors.UNKNOWN_TOPIC_OR_PARTITION)
      const error = validate(state, request.brokerId, partition, asked)
      if (error !== Errors.NONE) return refused(asked, error)
      const change = changePartition(partition, {
        targetIsr: asked.newIsrWithEpochs.map((member) => member.brokerId),
        election: electionKind(state, partition.topic),
        rules: changeRules(state, partition.topic),
        isAcceptable: (broker) => state.image.mayLead(partition, broker),
        leaderRecoveryState: asked.leaderRecoveryState,
      })
      if (change === undefined) return accepted(partition)
      records.push(change)
      // Applied, but the sender leads no more. A new epoch of the same leader is what it will learn by metadata.
      if (change.leader !== LEADER_UNCHANGED && change.leader !== request.brokerId)
        return refused(asked, Errors.NEW_LEADER_ELECTED)
      return accepted(applyPartitionChange(partition, change))
    })
    return { topicId: topicRequest.topicId, partitions }
  })
  return { records, reply: { throttleTimeMs: 0, errorCode: Errors.NONE, topics } }
}

function validate(state: ControllerState, sender: number, partition: PartitionState, asked: PartitionRequest): number {
  const newIsr = asked.newIsrWithEpochs.map((member) => member.brokerId)
  if (asked.leaderEpoch > partition.leaderEpoch) return Errors.NOT_CONTROLLER
  if (asked.partitionEpoch > partition.partitionEpoch) return Errors.NOT_CONTROLLER
  if (asked.leaderEpoch < partition.leaderEpoch) return Errors.FENCED_LEADER_EPOCH
  if (sender !== partition.leader) return Errors.INVALID_REQUEST
  if (asked.partitionEpoch < partition.partitionEpoch) return Errors.INVALID_UPDATE_VERSION
  if (newIsr.length === 0 || new Set(newIsr).size !== newIsr.length) return Errors.INVALID_REQUEST
  if (!newIsr.every((member) => partition.replicas.includes(member))) return Errors.INVALID_REQUEST
  if (!newIsr.includes(partition.leader)) return Errors.INVALID_REQUEST
  if (asked.leaderRecoveryState === RECOVERY.recovering) {
    if (newIsr.length > 1) return Errors.INVALID_REQUEST
    if (partition.leaderRecoveryState === RECOVERY.recovered) return Errors.INVALID_REQUEST
  }
  return asked.newIsrWithEpochs.every((member) => isEligible(state, member)) ? Errors.NONE : Errors.INELIGIBLE_REPLICA
}

function isEligible(state: ControllerState, member: { brokerId: number; brokerEpoch: number }): boolean {
  const broker = state.image.brokers.get(member.brokerId)
  if (broker === undefined) return false
  if (state.switches.isrEligibilityCheck && !state.image.isActive(member.brokerId)) return false
  // −1: the sender does not know the epoch; the member has not fetched from it yet.
  return !state.switches.isrBrokerEpochCheck || member.brokerEpoch === -1 || member.brokerEpoch === broker.epoch
}

function refused(asked: PartitionRequest, errorCode: number): PartitionReply {
  return {
    partitionIndex: asked.partitionIndex,
    errorCode,
    leaderId: 0,
    leaderEpoch: 0,
    isr: [],
    leaderRecoveryState: 0,
    partitionEpoch: 0,
  }
}

function accepted(partition: PartitionState): PartitionReply {
  return {
    partitionIndex: partition.index,
    errorCode: Errors.NONE,
    leaderId: partition.leader,
    leaderEpoch: partition.leaderEpoch,
    isr: partition.isr,
    leaderRecoveryState: partition.leaderRecoveryState,
    partitionEpoch: partition.partitionEpoch,
  }
}
