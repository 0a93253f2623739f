// A nemesis: something to do, whom there is to do it to, and time to do it in.

import { checkTarget } from './check-faults.ts'
import type { CheckContext } from './check-context.ts'
import { highest, lowest } from '../text/draw.ts'
import { formatDuration } from '../text/units.ts'

export function checkNemesis(context: CheckContext): void {
  const { nemesis } = context.shape
  if (nemesis === undefined) return
  const choices = Object.entries(nemesis.faults)
  const some = choices.some(([, choice]) => (typeof choice === 'number' ? choice : (choice?.weight ?? 1)) > 0)
  if (!some && !context.isDamaged(['nemesis', 'faults'])) {
    const message = 'the nemesis has nothing to do: no verb has a weight above 0'
    context.report(['nemesis', 'faults'], { code: 'KS105', message, suggestion: 'write faults: { kill: 3, pause: 2 }' })
  }
  for (const [verb, choice] of choices) {
    const targets = typeof choice === 'object' ? (choice.targets ?? []) : []
    for (const target of targets) checkTarget(context, target, ['nemesis', 'faults', verb, 'targets'])
  }
  for (const [i, { whom }] of (nemesis.never ?? []).entries()) checkTarget(context, whom, ['nemesis', 'never', i])
  const { interval, 'heal-before-end': before, from } = nemesis
  if (interval !== undefined && lowest(interval) < 1000) {
    context.report(['nemesis', 'interval'], { code: 'KS105', message: 'interval: faults are 1ms apart at least' })
  }
  if (context.isDamaged(['duration'])) return
  const endUs = context.shortestUs() - (before === undefined ? 0 : highest(before))
  const fromUs = from === undefined ? 0 : highest(from)
  if (fromUs < endUs) return
  const message = `nothing can happen from ${formatDuration(fromUs)} on: all is healed by ${formatDuration(Math.max(0, endUs))}`
  context.report(['nemesis', before === undefined ? 'from' : 'heal-before-end'], { code: 'KS205', message })
}
