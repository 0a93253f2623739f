// What Kafka calls interceptors: they see each record before it has a partition, and its outcome before the application does
// (P-1). What they throw is logged and passed over, and the next one gets the record as it was. Left out: configuring them
// by class (interceptor.classes), close.

import { DefectError } from '../../sim/index.ts'
import type { SendResult } from './producer.ts'

export interface OutgoingRecord {
  readonly topic: string
  readonly partition: number | null
  readonly key: Uint8Array | null
  readonly value: Uint8Array | null
}

export interface ProducerInterceptor {
  /** The record to send in its place. */
  onSend?(record: OutgoingRecord): OutgoingRecord
  /** Also of records that never left. */
  onAcknowledgement?(result: SendResult): void
}

export function interceptSend(interceptors: readonly ProducerInterceptor[], record: OutgoingRecord): OutgoingRecord {
  let current = record
  for (const interceptor of interceptors) {
    safely(() => {
      current = interceptor.onSend?.(current) ?? current
    })
  }
  return current
}

export function interceptResult(interceptors: readonly ProducerInterceptor[], result: SendResult): void {
  for (const interceptor of interceptors) safely(() => interceptor.onAcknowledgement?.(result))
}

function safely(call: () => void): void {
  try {
    call()
  } catch (error) {
    if (error instanceof DefectError) throw error
  }
}
