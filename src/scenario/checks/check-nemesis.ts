// A nemesis: something to do, whom there is to do it to, and time to do it in.

import { checkTarget } from './check-faults.ts'
import type { CheckContext } from './check-context.ts'
import { type FaultVerb, INSTANT_VERBS } from '../faults/fault-schema.ts'
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
    if (typeof choice === 'object') checkChoice(context, verb, choice)
  }
  for (const [i, { whom }] of (nemesis.never ?? []).entries()) checkTarget(context, whom, ['nemesis', 'never', i])
  const { interval, 'heal-before-end': before, from } = nemesis
  if (interval !== undefined && lowest(interval) < 1000) {
    context.report(['nemesis', 'interval'], { code: 'KS105', message: 'interval: faults are 1ms apart at least' })
  }
  if (context.isDamaged(['duration'])) return
  const beforeUs = before === undefined ? 0 : highest(before)
  const endUs = context.shortestUs() - beforeUs
  const fromUs = from === undefined ? 0 : highest(from)
  if (fromUs < endUs) return
  if (endUs <= 0) {
    const message = `heal-before-end: ${formatDuration(beforeUs)} leave nothing of a run of ${formatDuration(context.shortestUs())}`
    return context.report(['nemesis', 'heal-before-end'], { code: 'KS205', message })
  }
  const message = `nothing can happen from ${formatDuration(fromUs)} on: all is healed by ${formatDuration(endUs)}`
  context.report(['nemesis', before === undefined ? 'from' : 'heal-before-end'], { code: 'KS205', message })
}

/** What is said of a verb has to mean something for it. */
function checkChoice(
  context: CheckContext,
  verb: string,
  choice: { readonly targets?: unknown; readonly for?: unknown },
): void {
  const refuse = (key: string, message: string) =>
    context.reportKey(['nemesis', 'faults', verb, key], { code: 'KS206', message })
  if (choice.targets !== undefined && UNTARGETED.some((each) => each === verb))
    refuse('targets', `${verb} takes no targets`)
  if (choice.for === undefined) return
  const lasts = verb === 'rolling-restart' || INSTANT_VERBS.some((each) => each === verb)
  if (lasts) refuse('for', `${verb} takes no for: it ends by itself`)
}

/** Verbs of partitions and topics, of frames, and of all brokers. */
const UNTARGETED: readonly FaultVerb[] = [
  'elect',
  'add-partitions',
  'delete-records',
  'delay',
  'drop',
  'duplicate-delivery',
  'rolling-restart',
]
