// Producers without idempotence that send again: out of order (KS311), twice (KS312).

import { modesOf } from './possible-values.ts'
import { bringsRetries } from './troubles.ts'
import { type Grounds, verbsIn } from './warning-grounds.ts'
import type { SourcePath } from '../text/source-tree.ts'

export function warnOfRetries(grounds: Grounds): void {
  const { context, troubles, hopesFor } = grounds
  const harmful = troubles.filter((trouble) => bringsRetries(context, trouble))
  if (harmful.length === 0) return
  const verbs = verbsIn(harmful)
  for (const name of Object.keys(context.shape.producers ?? {})) {
    // Nobody waits for an answer with acks=0, so nothing is sent again.
    const modes = modesOf(context, name).filter(({ idempotent, retries, acks }) => !idempotent && retries && acks !== 0)
    const path = placeOf(grounds, name)
    if (hopesFor('order-per-partition') && modes.some(({ inFlight }) => inFlight > 1)) {
      const message = `retries without idempotence, several requests in flight, and expect order-per-partition: ${verbs} may reorder`
      const suggestion = 'set enable.idempotence: true, or max.in.flight.requests.per.connection: 1'
      context.report(path, { code: 'KS311', severity: 'warn', message, suggestion })
    }
    if (hopesFor('no-duplicates-in-log') && modes.length > 0) {
      const message = `retries without idempotence, and expect no-duplicates-in-log: ${verbs} may write records twice`
      context.report(path, { code: 'KS312', severity: 'warn', message, suggestion: 'set enable.idempotence: true' })
    }
  }
}

function placeOf({ context }: Grounds, name: string): SourcePath {
  const config = context.shape.producers?.[name]?.config
  const key = ['enable.idempotence', 'acks'].find((each) => config?.[each] !== undefined)
  return ['producers', name, ...(key === undefined ? [] : ['config', key])]
}
