// A client under test beside a cluster that exists in answers only: brokers 1 to 3, a topic 'orders' whose leaders the
// test names.

import type { NodeAddress } from '../../src/network/network-client.ts'
import { Errors } from '../../src/protocol/error-codes.ts'
import { DEFAULT_CURRENT_LEADER } from '../../src/protocol/generated/produce.ts'
import type { ResponseOf } from '../../src/protocol/messages.ts'
import { type ScriptedRequest, ScriptedHost } from '../support/scripted-host.ts'

export const TOPIC_ID = 'b3JkZXJzLXRvcGljLWlkMA'
export const BOOTSTRAP: readonly NodeAddress[] = [{ id: -1, host: 'broker-1', port: 9092 }]

export interface Leadership {
  readonly leader: number
  readonly epoch: number
}

export const endpoint = (nodeId: number) => ({ nodeId, host: `broker-${nodeId}`, port: 9092, rack: null })

export class ClientRig extends ScriptedHost {
  /** By partition index; leader −1 for none. */
  leaders: Leadership[] = [{ leader: 1, epoch: 5 }]
  topicId = TOPIC_ID
  /** Brokers that metadata says are down. */
  offline: number[] = []

  constructor() {
    super()
    this.network.always('Metadata', (request) => request.answer(this.metadata()))
  }

  metadata(): ResponseOf<'Metadata'> {
    const NO_OPERATIONS = -2147483648
    return {
      throttleTimeMs: 0,
      brokers: [1, 2, 3].map(endpoint),
      clusterId: 'cluster',
      controllerId: -1,
      topics: [
        {
          errorCode: Errors.NONE,
          name: 'orders',
          topicId: this.topicId,
          isInternal: false,
          partitions: this.leaders.map(({ leader, epoch }, partitionIndex) => ({
            errorCode: leader < 0 ? Errors.LEADER_NOT_AVAILABLE : Errors.NONE,
            partitionIndex,
            leaderId: leader,
            leaderEpoch: epoch,
            replicaNodes: [1, 2, 3],
            isrNodes: [1, 2, 3],
            offlineReplicas: this.offline,
          })),
          topicAuthorizedOperations: NO_OPERATIONS,
        },
      ],
      clusterAuthorizedOperations: NO_OPERATIONS,
      errorCode: Errors.NONE,
    }
  }
}

/** Answers all partitions of a produce request alike. */
export function answerProduce(
  request: ScriptedRequest<'Produce'>,
  errorCode: number,
  changes: { baseOffset?: number; logStartOffset?: number; leader?: { leaderId: number; leaderEpoch: number } } = {},
): void {
  request.answer({
    responses: request.body.topicData.map(({ name, partitionData }) => ({
      name,
      partitionResponses: partitionData.map(({ index }) => ({
        index,
        errorCode,
        baseOffset: errorCode === Errors.NONE ? (changes.baseOffset ?? 0) : -1,
        logAppendTimeMs: -1,
        logStartOffset: changes.logStartOffset ?? 0,
        recordErrors: [],
        errorMessage: null,
        currentLeader: changes.leader ?? DEFAULT_CURRENT_LEADER,
      })),
    })),
    throttleTimeMs: 0,
    nodeEndpoints: changes.leader === undefined ? [] : [endpoint(changes.leader.leaderId)],
  })
}
