// The outcome of a request that may still be on its way, and the error it may end with.

import { assert } from '../../../sim/index.ts'
import { errorName, isRetriable } from '../../protocol/error-codes.ts'

/** What a consumer's calls fail with: an error of the protocol, or one of the client's own. */
export class ConsumerError extends Error {
  override readonly name = 'ConsumerError'
  /** `FENCED_INSTANCE_ID`, or the client's `CommitFailedException`. */
  readonly code: string
  readonly retriable: boolean

  constructor(code: string, retriable = false, detail = '') {
    super(detail === '' ? code : `${code}: ${detail}`)
    this.code = code
    this.retriable = retriable
  }
}

export const WAKEUP = 'WakeupException'

export function isWakeup(error: unknown): boolean {
  return error instanceof ConsumerError && error.code === WAKEUP
}

export const DISCONNECTED = new ConsumerError('DisconnectException', true)
export const NO_COORDINATOR = new ConsumerError('COORDINATOR_NOT_AVAILABLE', true)

export function protocolError(errorCode: number): ConsumerError {
  return new ConsumerError(errorName(errorCode), isRetriable(errorCode))
}

export class Pending<T> {
  private outcome: { readonly value: T } | { readonly error: ConsumerError } | undefined
  private listeners: ((error: ConsumerError | undefined) => void)[] = []

  static failed<T>(error: ConsumerError): Pending<T> {
    const pending = new Pending<T>()
    pending.fail(error)
    return pending
  }

  get done(): boolean {
    return this.outcome !== undefined
  }

  get error(): ConsumerError | undefined {
    return this.outcome !== undefined && 'error' in this.outcome ? this.outcome.error : undefined
  }

  get value(): T {
    assert(this.outcome !== undefined && 'value' in this.outcome, 'the value of what did not succeed')
    return this.outcome.value
  }

  complete(value: T): void {
    this.settle({ value }, undefined)
  }

  fail(error: ConsumerError): void {
    this.settle({ error }, error)
  }

  /** Called when it is settled, or now if it is. */
  whenDone(fn: (error: ConsumerError | undefined) => void): void {
    if (this.done) fn(this.error)
    else this.listeners.push(fn)
  }

  private settle(outcome: NonNullable<typeof this.outcome>, error: ConsumerError | undefined): void {
    assert(this.outcome === undefined, 'a request ends once')
    this.outcome = outcome
    const { listeners } = this
    this.listeners = []
    for (const fn of listeners) fn(error)
  }
}

/** One that the protocol does not know there: the caller's call fails with it. */
export function unexpectedError(where: string, errorCode: number): ConsumerError {
  return new ConsumerError('KafkaException', false, `unexpected error in ${where}: ${protocolError(errorCode).code}`)
}
