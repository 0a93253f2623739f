import { beforeEach, describe, expect, it } from 'vitest'
import type { ProducerInterceptor } from '../../src/client/producer-interceptor.ts'
import { Errors } from '../../src/protocol/error-codes.ts'
import { decodeBatches } from '../../src/records/batch-reader.ts'
import { bytesFor, ProducerRig } from './producer-rig.ts'

let rig: ProducerRig
beforeEach(() => {
  rig = new ProducerRig()
})

/** Puts a byte behind the value. */
const stamp = (mark: number): ProducerInterceptor => ({
  onSend: (record) => ({ ...record, value: Uint8Array.from([...(record.value ?? []), mark]) }),
})
const broken: ProducerInterceptor = {
  onSend() {
    throw new Error('onSend failed')
  },
  onAcknowledgement() {
    throw new Error('onAcknowledgement failed')
  },
}

function valuesSent(): number[][] {
  return rig.produce.flatMap((request) => {
    const records = decodeBatches(bytesFor(request))
    return typeof records === 'string' ? [] : records.map(({ value }) => [...(value ?? [])])
  })
}

describe('interceptors of a producer (P-1)', () => {
  it('see each record before it is sent, one after the other', () => {
    rig.interceptors = [stamp(1), stamp(2)]
    rig.start()
    rig.send(0, 1)
    expect(valuesSent()).toEqual([[0, 1, 2]])
  })

  it('may throw: the next one gets the record as it was, and it is sent', () => {
    rig.interceptors = [stamp(1), broken, stamp(2)]
    rig.start()
    rig.send(0, 1)
    rig.ack()
    expect(valuesSent()).toEqual([[0, 1, 2]])
    expect(rig.outcomes()).toEqual(['0 ok 0'])
  })

  it('hear of each outcome before the application does, also of records that never left', () => {
    const heard: string[] = []
    rig.interceptors = [
      broken,
      { onAcknowledgement: ({ tag, outcome }) => void heard.push(`${tag} ${outcome}, told ${rig.results.length}`) },
    ]
    rig.start({ 'max.request.size': 500 })
    rig.send(0, 600)
    rig.send(0, 10)
    rig.send(0, 10)
    rig.ack()
    rig.refuse(Errors.INVALID_RECORD)
    expect(heard).toEqual(['0 fail, told 0', '1 ok, told 1', '2 fail, told 2'])
  })
})
