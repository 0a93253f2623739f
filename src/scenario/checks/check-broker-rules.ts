// What Kafka demands of several broker configs together, or does not start (KafkaConfig.validateValues): a follower's fetch
// must not wait longer than the leader waits for the follower, nor than its own socket does.

import type { SourcePath } from '../text/source-tree.ts'
import type { CheckContext } from './check-context.ts'
import { numbers, ofBroker } from './possible-values.ts'

const WAIT = 'replica.fetch.wait.max.ms'
const LIMITS = [
  { key: 'replica.lag.time.max.ms', why: 'a follower with nothing to fetch would leave the ISR' },
  { key: 'replica.socket.timeout.ms', why: 'fetches would time out' },
] as const

export function checkBrokerRules(context: CheckContext): void {
  const { brokers } = context.shape.cluster
  checkOne(context, undefined)
  if ('kind' in brokers) return
  for (const [i, { config }] of brokers.entries()) if (config !== undefined) checkOne(context, i)
}

/** Of all brokers, or of the one at this place of the list. */
function checkOne(context: CheckContext, broker: number | undefined): void {
  const waitMs = Math.max(...numbers(ofBroker(context, broker, WAIT)))
  for (const { key, why } of LIMITS) {
    const leastMs = Math.min(...numbers(ofBroker(context, broker, key)))
    const path = placeOf(context, broker, [WAIT, key])
    if (waitMs <= leastMs || path === undefined) continue
    const message = `${WAIT} ${waitMs} must not exceed ${key} ${leastMs}: ${why}`
    context.report(path, { code: 'KS113', message })
  }
}

/** Where the file sets one of them; undefined if it sets none, or none here. */
function placeOf(context: CheckContext, broker: number | undefined, keys: readonly string[]): SourcePath | undefined {
  const { brokers, config } = context.shape.cluster
  const own = broker === undefined || 'kind' in brokers ? config : brokers[broker]?.config
  const key = keys.find((each) => own?.[each] !== undefined)
  if (key === undefined) return undefined
  return ['cluster', ...(broker === undefined ? [] : ['brokers', broker]), 'config', key]
}
