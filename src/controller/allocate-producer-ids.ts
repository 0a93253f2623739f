// Hands out blocks of producer ids to brokers, each id once in the cluster's life.

import { Errors } from '../protocol/error-codes.ts'
import type { RequestOf, ResponseOf } from '../protocol/messages.ts'
import { isCurrentBrokerEpoch, type ControllerResult, type ControllerState } from './controller-state.ts'

/** Ids in a block (P-15). */
const BLOCK_SIZE = 1000

export function allocateProducerIds(
  state: ControllerState,
  request: RequestOf<'AllocateProducerIds'>,
): ControllerResult<ResponseOf<'AllocateProducerIds'>> {
  const { brokerId, brokerEpoch } = request
  if (!isCurrentBrokerEpoch(state.image, brokerId, brokerEpoch)) {
    const errorCode = Errors.STALE_BROKER_EPOCH
    return { records: [], reply: { throttleTimeMs: 0, errorCode, producerIdStart: 0, producerIdLen: 0 } }
  }
  const producerIdStart = state.image.nextProducerId
  const nextProducerId = producerIdStart + BLOCK_SIZE
  return {
    records: [{ type: 'ProducerIdsRecord', brokerId, brokerEpoch, nextProducerId }],
    reply: { throttleTimeMs: 0, errorCode: Errors.NONE, producerIdStart, producerIdLen: BLOCK_SIZE },
  }
}
