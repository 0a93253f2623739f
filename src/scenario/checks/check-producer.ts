// What goes together of a producer: one kind of load, keys that there are enough of.

import type { ScenarioShape } from '../language/schema.ts'
import { highest, lowest } from '../text/draw.ts'
import type { CheckContext } from './check-context.ts'

type ProducerShape = NonNullable<ScenarioShape['producers']>[string]

export function checkProducer(context: CheckContext, name: string, producer: ProducerShape): void {
  const path = ['producers', name]
  const { phases, bursts, outstanding, think, rate, keys } = producer
  const refuse = (key: string, message: string, suggestion?: string) =>
    context.reportKey([...path, ...key.split('/')], { code: 'KS206', message, suggestion })
  if (think !== undefined && outstanding === undefined) refuse('think', 'think goes with outstanding only')
  for (const [key, value] of Object.entries({ rate, phases, bursts })) {
    if (value === undefined || outstanding === undefined) continue
    refuse(
      key,
      `with outstanding the answers decide when it sends: ${key} says nothing`,
      `leave out ${key}, or outstanding`,
    )
  }
  if (phases !== undefined && bursts !== undefined && outstanding === undefined) {
    refuse('bursts', 'a producer has phases or bursts, not both')
  }
  if (phases?.length === 0) context.report([...path, 'phases'], { code: 'KS105', message: 'phases: the list is empty' })
  for (const [i, phase] of (phases ?? []).entries()) {
    const at = [...path, 'phases', i]
    if (phase.for === undefined && i + 1 < (phases?.length ?? 0)) {
      context.report(at, { code: 'KS102', message: 'only the last phase may be without for' })
    } else if (phase.for !== undefined && lowest(phase.for) < MS) {
      context.report([...at, 'for'], { code: 'KS105', message: 'for: a phase lasts 1ms at least' })
    }
  }
  if (bursts !== undefined && lowest(bursts.for) < MS) {
    context.report([...path, 'bursts', 'for'], { code: 'KS105', message: 'for: a burst lasts 1ms at least' })
  }
  if (bursts !== undefined && highest(bursts.for) + MS > lowest(bursts.every)) {
    const message = 'for: a burst must be over before the next begins'
    context.report([...path, 'bursts', 'for'], { code: 'KS105', message })
  }
  if (keys === undefined || 'kind' in keys) return
  const { count, hot, skew } = keys
  if (hot !== undefined && skew !== undefined) refuse('keys/hot', 'hot goes with share, not with skew')
  if (skew === undefined && (hot === undefined ? 1 : highest(hot)) >= lowest(count)) {
    const message = 'count: some keys must be left that are not hot'
    context.report([...path, 'keys', 'count'], { code: 'KS105', message })
  }
}

const MS = 1000
