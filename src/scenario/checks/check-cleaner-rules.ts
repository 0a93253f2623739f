// What Kafka demands of settings of compaction together: memory for each thread of the cleaner, or the broker does not start
// (KafkaConfig.validateValues), and a longest lag that is not below the shortest, or the topic is refused (LogConfig).

import type { SourcePath } from '../text/source-tree.ts'
import type { CheckContext } from './check-context.ts'
import { numbers, ofBrokers, ofTopic, placeOfTopicKey } from './possible-values.ts'

const BUFFER = 'log.cleaner.dedupe.buffer.size'
const THREADS = 'log.cleaner.threads'
const MIN_LAG = 'min.compaction.lag.ms'
const MAX_LAG = 'max.compaction.lag.ms'
const MIB = 1024 * 1024

export function checkCleanerRules(context: CheckContext): void {
  checkBuffer(context)
  for (const topic of Object.keys(context.shape.topics)) checkLags(context, topic)
}

function checkBuffer(context: CheckContext): void {
  const leastBytes = Math.min(...numbers(ofBrokers(context, BUFFER)))
  const threads = Math.max(...numbers(ofBrokers(context, THREADS)))
  if (Math.floor(leastBytes / threads) > MIB) return
  const config = context.shape.cluster.config
  const key = [BUFFER, THREADS].find((each) => config?.[each] !== undefined)
  const path: SourcePath = key === undefined ? ['cluster'] : ['cluster', 'config', key]
  const message = `${BUFFER} ${leastBytes} must be more than 1 MiB (${MIB}) for each of ${threads} ${THREADS}`
  context.report(path, { code: 'KS113', message })
}

function checkLags(context: CheckContext, topic: string): void {
  const leastMs = Math.max(...numbers(ofTopic(context, topic, MIN_LAG)))
  const mostMs = Math.min(...numbers(ofTopic(context, topic, MAX_LAG)))
  if (leastMs <= mostMs) return
  const message = `${MIN_LAG} ${leastMs} must not exceed ${MAX_LAG} ${mostMs}: records could never be compacted in time`
  context.report(placeOfTopicKey(context, topic, MIN_LAG), { code: 'KS113', message })
}
