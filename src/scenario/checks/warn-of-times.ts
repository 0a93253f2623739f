// Times that do not fit each other: silence that nobody notices (KS305), runs that end before what is expected (KS306).

import { highest, lowest } from '../text/draw.ts'
import { formatDuration } from '../text/units.ts'
import { lastHealUs, noticedAfterUs, sessionUs } from './troubles.ts'
import type { Grounds } from './warning-grounds.ts'

const DEFAULT_SETTLE_US = 60_000_000

export function warnOfTimes(grounds: Grounds): void {
  warnOfShortSilence(grounds)
  warnOfEarlyEnd(grounds)
  warnOfLateReturn(grounds)
}

/** In a file that has no longer ones, and expects nothing of time: perhaps two times were mixed up. */
function warnOfShortSilence({ context, troubles, placed }: Grounds): void {
  const silences = troubles.filter(
    ({ verb, targets, byNemesis }) =>
      (verb === 'pause' || verb === 'isolate') &&
      !byNemesis &&
      targets.length > 0 &&
      targets.every(({ kind }) => kind !== 'producer' && kind !== 'consumer' && kind !== 'controller'),
  )
  const enoughUs = noticedAfterUs(context)
  const meant = placed.some(({ expectation: { claim } }) => claim.kind === 'writable' || claim.kind === 'metric')
  if (!Number.isFinite(enoughUs) || meant || silences.some(({ lastsUs }) => lastsUs > enoughUs)) return
  const isSession = enoughUs === sessionUs(context)
  const limit = `${isSession ? 'broker.session.timeout.ms' : 'replica.lag.time.max.ms'} ${enoughUs / 1000}`
  const outcome = isSession ? 'broker will not be fenced' : 'no ISR will shrink'
  for (const { path, verb, lastsUs } of silences) {
    const message = `${verb} ${formatDuration(lastsUs)} < ${limit}: ${outcome} (intended?)`
    context.reportKey(path, { code: 'KS305', severity: 'warn', message })
  }
}

/** A `within` that is longer than the run goes on after the last heal. */
function warnOfEarlyEnd({ context, troubles, placed }: Grounds): void {
  const healUs = lastHealUs(context, troubles)
  if (healUs === undefined) return
  const settleUs = context.shape.settle === undefined ? DEFAULT_SETTLE_US : lowest(context.shape.settle)
  const leftUs = context.shortestUs() + settleUs - healUs
  for (const { expectation, path } of placed) {
    const { claim, text } = expectation
    if ((claim.kind !== 'isr-full' && claim.kind !== 'caught-up') || claim.withinUs === undefined) continue
    if (claim.withinUs <= leftUs) continue
    const message = `"${text}": the run goes on for ${formatDuration(leftUs)} only after the last heal`
    const suggestion = `make settle at least ${formatDuration(settleUs + claim.withinUs - leftUs)}`
    context.report(path, { code: 'KS306', severity: 'warn', message, suggestion })
  }
}

/** A broker that dies just before the end is let in again when its old session has expired. */
function warnOfLateReturn({ context, troubles }: Grounds): void {
  const { settle } = context.shape
  const needsUs = sessionUs(context)
  if (settle === undefined || !Number.isFinite(needsUs) || lowest(settle) >= needsUs) return
  const late = troubles.find(
    ({ verb, untilEnd, atUs, targets }) =>
      (verb === 'kill' || verb === 'power-loss') &&
      untilEnd &&
      atUs !== undefined &&
      atUs > context.shortestUs() - needsUs &&
      targets.some(({ kind }) => kind !== 'controller' && kind !== 'producer' && kind !== 'consumer'),
  )
  if (late === undefined) return
  const message = `settle: ${formatDuration(highest(settle))} < broker.session.timeout.ms ${needsUs / 1000}: after ${late.verb} at ${formatDuration(late.atUs ?? 0)} a broker may not be back in time`
  context.report(['settle'], { code: 'KS306', severity: 'warn', message })
}
