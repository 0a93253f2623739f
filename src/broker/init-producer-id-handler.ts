// InitProducerId without a transactional id: a fresh producer id, epoch 0 (P-15).

import type { ServerRequest } from '../network/request-server.ts'
import { Errors } from '../protocol/error-codes.ts'
import type { ProducerIdManager } from './producer-id-manager.ts'

export function handleInitProducerId(ids: ProducerIdManager, request: ServerRequest): void {
  const body = request.bodyAs('InitProducerId')
  const { transactionalId, producerId: ownId, producerEpoch: ownEpoch } = body
  // An epoch goes with an id.
  if (transactionalId === '' || ownId < 0 !== ownEpoch < 0) {
    request.respond('InitProducerId', reply(Errors.INVALID_REQUEST, -1))
    return
  }
  if (transactionalId !== null) {
    // There is no transaction coordinator to turn to.
    request.respond('InitProducerId', reply(Errors.COORDINATOR_NOT_AVAILABLE, -1))
    return
  }
  const producerId = ids.next()
  const errorCode = producerId < 0 ? Errors.COORDINATOR_LOAD_IN_PROGRESS : Errors.NONE
  request.respond('InitProducerId', reply(errorCode, producerId))
}

function reply(errorCode: number, producerId: number) {
  return { throttleTimeMs: 0, errorCode, producerId, producerEpoch: errorCode === Errors.NONE ? 0 : -1 }
}
