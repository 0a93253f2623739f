// What Kafka demands, or quietly changes, when several keys of one client depend on each other (P-14). Problems are
// found in what the user wrote; adjustments are made in the values that result.

import { assert } from '../../sim/index.ts'
import type { ConfigValue } from './key-definition.ts'
import { isAtLeast, type KafkaVersion } from './versions.ts'

export interface KeyProblem {
  /** `error`: Kafka throws a ConfigException. `warning`: Kafka goes on, otherwise than written. */
  readonly severity: 'error' | 'warning'
  /** The key to point at: one that the user wrote. */
  readonly key: string
  readonly message: string
}

type Values = ReadonlyMap<string, ConfigValue>
type IsSet = (key: string) => boolean

/** More than this many requests in flight and a broker could not tell a duplicate any more. */
const MAX_IN_FLIGHT_IDEMPOTENT = 5

/** `values` holds every key; `isSet` tells which of them the user wrote. */
export function producerProblems(values: Values, isSet: IsSet, version: KafkaVersion): KeyProblem[] {
  return [...idempotenceProblems(values, isSet, version), ...deliveryProblems(values, isSet)]
}

/** Turns idempotence off where the user's other settings imply it, and fits what was not set to what was. */
export function adjustProducer(values: Map<string, ConfigValue>, isSet: IsSet, version: KafkaVersion): void {
  if (values.get('enable.idempotence') === true && idempotenceConflicts(values).length > 0) {
    values.set('enable.idempotence', false)
  }
  const leastMs = leastDeliveryMs(values)
  if (!isSet('delivery.timeout.ms') && numberOf(values, 'delivery.timeout.ms') < leastMs) {
    values.set('delivery.timeout.ms', leastMs)
  }
  fitBackoffs(values, isSet, version)
}

export function adjustConsumer(values: Map<string, ConfigValue>, isSet: IsSet, version: KafkaVersion): void {
  fitBackoffs(values, isSet, version)
}

function idempotenceProblems(values: Values, isSet: IsSet, version: KafkaVersion): KeyProblem[] {
  if (values.get('enable.idempotence') !== true) return []
  const explicit = isSet('enable.idempotence')
  return idempotenceConflicts(values).map(({ key, needs }) => {
    const written = `${key}: ${shown(values, key)}`
    if (explicit) return { severity: 'error', key, message: `enable.idempotence: true needs ${needs}, not ${written}` }
    // Only since 4.0, and only for this one of the three.
    if (isAtLeast(version, '4.0') && key === 'max.in.flight.requests.per.connection') {
      return { severity: 'error', key, message: `${written} needs enable.idempotence: false since Kafka 4.0` }
    }
    return { severity: 'warning', key, message: `${written} turns idempotence off (it needs ${needs})` }
  })
}

function idempotenceConflicts(values: Values): { key: string; needs: string }[] {
  const conflicts: { key: string; needs: string }[] = []
  if (values.get('acks') !== -1) conflicts.push({ key: 'acks', needs: 'acks: all' })
  if (values.get('retries') === 0) conflicts.push({ key: 'retries', needs: 'retries > 0' })
  const inFlight = 'max.in.flight.requests.per.connection'
  if (numberOf(values, inFlight) > MAX_IN_FLIGHT_IDEMPOTENT) {
    conflicts.push({ key: inFlight, needs: `${inFlight} <= ${MAX_IN_FLIGHT_IDEMPOTENT}` })
  }
  return conflicts
}

function deliveryProblems(values: Values, isSet: IsSet): KeyProblem[] {
  const deliveryMs = numberOf(values, 'delivery.timeout.ms')
  const leastMs = leastDeliveryMs(values)
  if (deliveryMs >= leastMs) return []
  const rule = `linger.ms + request.timeout.ms = ${leastMs}`
  if (isSet('delivery.timeout.ms')) {
    const message = `delivery.timeout.ms: ${deliveryMs} must be at least ${rule}`
    return [{ severity: 'error', key: 'delivery.timeout.ms', message }]
  }
  const key = isSet('request.timeout.ms') ? 'request.timeout.ms' : 'linger.ms'
  return [{ severity: 'warning', key, message: `delivery.timeout.ms becomes ${leastMs}: it is at least ${rule}` }]
}

function leastDeliveryMs(values: Values): number {
  return numberOf(values, 'linger.ms') + numberOf(values, 'request.timeout.ms')
}

function fitBackoffs(values: Map<string, ConfigValue>, isSet: IsSet, version: KafkaVersion): void {
  // Retries come at a steady pace before KIP-580.
  if (!isAtLeast(version, '3.7')) values.set('retry.backoff.max.ms', numberOf(values, 'retry.backoff.ms'))
  if (!isSet('reconnect.backoff.ms') || isSet('reconnect.backoff.max.ms')) return
  values.set('reconnect.backoff.max.ms', numberOf(values, 'reconnect.backoff.ms'))
}

function numberOf(values: Values, key: string): number {
  const value = values.get(key)
  assert(typeof value === 'number', `client config '${key}' is no number`)
  return value
}

function shown(values: Values, key: string): string {
  return String(values.get(key))
}
