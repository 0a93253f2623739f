import { describe, expect, it } from 'vitest'
import { handleInitProducerId } from '../../src/broker/init-producer-id-handler.ts'
import { ProducerIdManager } from '../../src/broker/producer-id-manager.ts'
import { RequestServer } from '../../src/network/request-server.ts'
import { errorName, Errors } from '../../src/protocol/error-codes.ts'
import { FakeHost } from './fake-host.ts'
import { FakeNetwork } from './fake-peer.ts'

/** A broker whose controller gives it ids from 500 on, as soon as it is asked. */
function serving() {
  const block = { throttleTimeMs: 0, errorCode: Errors.NONE, producerIdStart: 500, producerIdLen: 1000 }
  const ids = new ProducerIdManager(1, { send: (_api, _body, answer) => answer(block) }, () => 9)
  const network = new FakeNetwork()
  const host = Object.assign(new FakeHost(), { network })
  new RequestServer(host, 9092, host.jobs.pool(), (request) => handleInitProducerId(ids, request))
  const peer = network.peer()
  return (producerId = -1, producerEpoch = -1, transactionalId: string | null = null) => {
    peer.request('InitProducerId', { transactionalId, transactionTimeoutMs: 1000, producerId, producerEpoch })
    const answer = peer.answer('InitProducerId')
    return `${errorName(answer.errorCode)} ${answer.producerId} ${answer.producerEpoch}`
  }
}

describe('InitProducerId without a transactional id (P-15)', () => {
  it('says to come back while there is no id, then gives a new one each time', () => {
    const init = serving()
    expect([init(), init(), init()]).toEqual(['COORDINATOR_LOAD_IN_PROGRESS -1 -1', 'NONE 500 0', 'NONE 501 0'])
  })

  it('whatever id the producer had; but an id goes with an epoch, and nobody is called nothing', () => {
    const init = serving()
    init()
    expect(init(7, 3)).toBe('NONE 500 0')
    expect([init(7, -1), init(-1, 3), init(-1, -1, '')]).toEqual(Array(3).fill('INVALID_REQUEST -1 -1'))
  })
})
