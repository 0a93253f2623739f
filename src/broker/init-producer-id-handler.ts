// InitProducerId without a transactional id: a fresh producer id, epoch 0 (P-15).

import type { ServerRequest } from '../network/request-server.ts'
import { Errors } from '../protocol/error-codes.ts'
import type { ProducerIdManager } from './producer-id-manager.ts'

export function handleInitProducerId(ids: ProducerIdManager, request: ServerRequest): void {
  const body = request.bodyAs('InitProducerId')
  if (body.transactionalId !== null) {
    // There is no transaction coordinator to turn to.
    request.respond('InitProducerId', reply(Errors.COORDINATOR_NOT_AVAILABLE, -1))
    return
  }
  ids.next((producerId) => {
    const errorCode = producerId < 0 ? Errors.COORDINATOR_LOAD_IN_PROGRESS : Errors.NONE
    request.respond('InitProducerId', reply(errorCode, producerId))
  })
}

function reply(errorCode: number, producerId: number) {
  return { throttleTimeMs: 0, errorCode, producerId, producerEpoch: errorCode === Errors.NONE ? 0 : -1 }
}
