// Work on what one poll may return that takes longer than max.poll.interval.ms (KS316): when so much has piled up, the member
// leaves its group while it works (C-11), and nothing is ever committed.

import { extremes, highest, lowest } from '../text/draw.ts'
import { formatDuration } from '../text/units.ts'
import type { Grounds } from './warning-grounds.ts'

const DEFAULT_RECORDS = 500
const DEFAULT_INTERVAL_MS = 300_000

/** Where a file expects of groups that all goes well. A pool of workers goes on polling. */
export function warnOfSlowPolls(grounds: Grounds): void {
  const { shape } = grounds.context
  for (const [name, { members, process, workers, client, config }] of Object.entries(shape.consumers ?? {})) {
    if (members === undefined || process === undefined || !('kind' in process)) continue
    if (workers !== undefined || client !== undefined || !hopes(grounds, name)) continue
    const numberOf = (key: string, byDefault: number, pick: (...values: number[]) => number): number => {
      const draw = config?.[key]
      return draw === undefined ? byDefault : pick(...extremes(draw).map(Number))
    }
    const records = numberOf('max.poll.records', DEFAULT_RECORDS, Math.min)
    const intervalMs = numberOf('max.poll.interval.ms', DEFAULT_INTERVAL_MS, Math.max)
    const workUs = records * lowest(process)
    if (!(workUs > intervalMs * 1000)) continue
    const message = `${name}: a poll may return ${records} records, ${formatDuration(workUs)} of work, and max.poll.interval.ms is ${intervalMs}`
    const enough = Math.max(1, Math.floor((intervalMs * 1000) / highest(process) / 2))
    const suggestion = `set max.poll.records: ${enough}`
    grounds.context.reportKey(['consumers', name, 'process'], { code: 'KS316', severity: 'warn', message, suggestion })
  }
}

/** Is anything expected of the group that such a member would break, and nothing sought that it would bring about? */
function hopes({ placed, hopesFor }: Grounds, group: string): boolean {
  const about = placed.filter(({ expectation: { claim } }) => {
    if (claim.kind === 'safety') return claim.id === 'no-duplicate-delivery'
    if (claim.kind === 'stable') return claim.group === group
    return claim.kind === 'caught-up' && claim.consumer === group
  })
  if (about.some(({ expectation: { finds } }) => finds)) return false
  return about.some(({ expectation: { claim } }) => claim.kind !== 'safety') || hopesFor('no-duplicate-delivery')
}
