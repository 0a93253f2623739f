// Myths about when old segments go.

import { resolveConfig } from '../config/resolve-config.ts'
import { KAFKA_VERSIONS } from '../config/versions.ts'
import type { Myth } from './myth.ts'
import { seconds } from './seconds.ts'

const P = 'orders-0'
const BROKER = 1
const CHECK_MS = 300_000
/** The first look comes this long after a broker's start. */
const FIRST_CHECK_MS = 30_000

export const RETENTION_MYTHS: readonly Myth[] = [
  {
    id: 'M59',
    slug: 'deleted-once-consumed',
    claim: 'Old segments are deleted once they are consumed and old enough.',
    verdict: 'false',
    truth:
      'Kafka does not know what was consumed when it deletes. Whole closed segments go by age (retention.ms) or when the log is too large (retention.bytes); who is late misses them.',
    rules: 'R-22, R-23',
    probe: (witness) => {
      let segments = 0
      witness.on('segments-deleted', ({ broker, count }) => {
        if (broker === BROKER) segments += count
      })
      return ({ verdict }) => {
        const log = witness.replica(BROKER, P)?.log
        const { acked, delivered } = verdict.history
        const facts = [
          `of ${acked} records written, ${delivered} were read by anybody`,
          `broker ${BROKER} deleted ${segments} segments; its log starts at ${log?.logStartOffset} and ends at ${log?.logEndOffset}`,
        ]
        const isUnread = delivered === 0 && acked > 0
        return { holds: isUnread ? segments === 0 : undefined, facts }
      }
    },
  },
  {
    id: 'M60',
    slug: 'retention-checked-every-5-minutes',
    claim: 'Retention is checked every 5 minutes; of hours, minutes and ms the finest setting counts.',
    verdict: 'true',
    truth:
      'So it is. A record may therefore live longer than retention.ms: until its segment is closed, and then until the next look.',
    rules: 'R-4, R-22',
    probe: (witness) => {
      const deletedMs: number[] = []
      let reason = ''
      let segments = 0
      witness.on('segments-deleted', (event, atMs) => {
        if (event.broker !== BROKER || event.partition !== P) return
        deletedMs.push(atMs)
        reason = event.reason
        segments += event.count
      })
      return () => {
        const defaults = [
          ...new Set(
            KAFKA_VERSIONS.map((kafka) => resolveConfig('broker', kafka, {})['log.retention.check.interval.ms']),
          ),
        ]
        const onBeat = deletedMs.filter((atMs) => Math.abs((atMs % CHECK_MS) - FIRST_CHECK_MS) < 1000).length
        const facts = [
          `the default of log.retention.check.interval.ms in releases ${KAFKA_VERSIONS[0]} to ${KAFKA_VERSIONS.at(-1)} is ${defaults.join(' or ')} ms`,
          `with 168 h, 10 min and 60000 ms, ${segments} segments were deleted for ${reason}, at ${deletedMs.map(seconds).join(', ')}`,
        ]
        const isFinest = reason === 'retention.ms' && deletedMs.every((atMs) => atMs < 600_000)
        const holds = isFinest && onBeat === deletedMs.length && defaults.every((ms) => ms === CHECK_MS)
        return { holds: deletedMs.length === 0 ? undefined : holds, facts }
      }
    },
  },
]
