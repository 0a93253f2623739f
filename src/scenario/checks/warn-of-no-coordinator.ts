// Groups for which no broker will ever coordinate (KS315): __consumer_offsets needs more brokers than there are, so it is
// never created (G-5), and no member ever gets an assignment.

import { numbers, ofBrokers } from './possible-values.ts'
import type { Grounds } from './warning-grounds.ts'

const KEY = 'offsets.topic.replication.factor'

export function warnOfNoCoordinator({ context }: Grounds): void {
  const { consumers = {}, cluster } = context.shape
  const brokers = context.brokerIds()?.length ?? Infinity
  const factor = Math.min(...numbers(ofBrokers(context, KEY)))
  if (factor <= brokers) return
  for (const [name, { members }] of Object.entries(consumers)) {
    if (members === undefined) continue
    const set = cluster.config?.[KEY] !== undefined
    const path = set ? ['cluster', 'config', KEY] : ['consumers', name]
    const there = `${brokers} ${brokers === 1 ? 'broker' : 'brokers'}`
    const message = `${KEY} ${factor}${set ? '' : ', which is the default,'} with ${there}: ${name} never gets a coordinator`
    const suggestion = `set cluster.config.${KEY}: ${brokers}`
    if (set) return context.report(path, { code: 'KS315', severity: 'warn', message, suggestion })
    context.reportKey(path, { code: 'KS315', severity: 'warn', message, suggestion })
  }
}
