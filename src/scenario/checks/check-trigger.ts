// What a fault waits for: about things that exist, and that can come.

import { editSuggestion } from '../../config/did-you-mean.ts'
import { faultIds } from '../faults/build-faults.ts'
import { highest } from '../text/draw.ts'
import { checkTopicReference } from './check-topic-reference.ts'
import type { CheckContext } from './check-context.ts'
import { checkGroupTarget, checkMember } from './check-group-target.ts'
import { type FaultShape, INSTANT_VERBS } from '../faults/fault-schema.ts'
import type { SourcePath } from '../text/source-tree.ts'
import { compare, type Trigger } from '../faults/trigger.ts'

/** `index` is the number of the fault that waits. */
export function checkTrigger(context: CheckContext, trigger: Trigger, index: number, path: SourcePath): void {
  const refuse = (message: string, suggestion?: string) =>
    context.report(path, { code: 'KS221', message: `"${trigger.text}": ${message}`, suggestion })
  const refuseUnknownBrokers = (ids: readonly number[]): void => {
    const known = context.brokerIds()
    const odd = ids.find((id) => id >= 0 && known?.includes(id) === false)
    if (odd !== undefined) refuse(`no broker ${odd}`, `brokers: ${known?.join(', ')}`)
  }
  switch (trigger.kind) {
    case 'fault':
      return checkFault(context, trigger, index, refuse)
    case 'broker':
      return refuseUnknownBrokers([trigger.broker])
    case 'joining':
    case 'group-state':
    case 'generation':
    case 'member':
      checkGroupTarget(context, trigger.group, refuse)
      if (trigger.kind === 'member') checkMember(context, trigger.group, trigger.index, refuse)
      return
    case 'isr':
    case 'isr-size':
    case 'leader':
    case 'epoch':
    case 'record': {
      if (!checkTopicReference(context, trigger.topic, path, 'KS221', `"${trigger.text}": `)) return
      const count = context.partitionsOf(trigger.topic)
      if (count !== undefined && trigger.partition >= count) {
        return refuse(`${trigger.topic} has no partition ${trigger.partition}: it has ${count}, counted from 0`)
      }
      if (trigger.kind === 'isr') {
        refuseUnknownBrokers(trigger.members)
        if (new Set(trigger.members).size < trigger.members.length) refuse('an ISR has nobody twice')
      }
      if (trigger.kind === 'isr-size' && !isPossibleSize(context, trigger)) refuse('an ISR never has such a size')
      if (trigger.kind === 'leader') refuseUnknownBrokers([trigger.leader])
    }
  }
}

function isPossibleSize(context: CheckContext, trigger: Extract<Trigger, { kind: 'isr-size' | 'epoch' }>): boolean {
  if (context.isDamaged(['cluster', 'brokers'])) return true
  const { brokers } = context.shape.cluster
  const most = 'kind' in brokers ? highest(brokers) : brokers.length
  return Array.from({ length: most + 1 }, (_, size) => size).some((size) =>
    compare(size, trigger.comparator, trigger.value),
  )
}

function checkFault(
  context: CheckContext,
  { id, state }: Extract<Trigger, { kind: 'fault' }>,
  index: number,
  refuse: (message: string, suggestion?: string) => void,
): void {
  if (context.isDamaged(['faults'])) return
  const faults = context.shape.faults ?? []
  const ids = faultIds(faults)
  const at = ids.indexOf(id)
  const other = faults[at]
  if (other === undefined) {
    const near = editSuggestion(id, ids)
    return refuse(`no fault "${id}"`, near === undefined ? `faults: ${ids.join(', ')}` : `did you mean "${near}"?`)
  }
  if (at === index) return refuse('a fault cannot wait for itself')
  const circle = circleFrom(faults, ids, index)
  // Told once, where it begins.
  if (circle !== undefined && index === Math.min(...circle)) {
    return refuse(`these wait for each other: ${circle.map((each) => ids[each]).join(', ')}`)
  }
  const instant = INSTANT_VERBS.some((verb) => other[verb] !== undefined)
  if (state === 'healed' && (instant || other.forever === true)) {
    refuse(`"${id}" is never healed`, instant ? `wait for fired(${id})` : undefined)
  } else if (state === 'healed' && other.for === undefined) {
    refuse(`"${id}" is healed when the duration is over`, 'give it a for:')
  }
}

/** Faults that wait for each other, this one first; undefined if it is in no such circle. */
function circleFrom(faults: readonly FaultShape[], ids: readonly string[], index: number): number[] | undefined {
  const passed = [index]
  for (let at = index; ;) {
    const when = faults[at]?.when
    at = when?.kind === 'fault' ? ids.indexOf(when.id) : -1
    if (at === index) return passed
    if (at < 0 || passed.includes(at)) return undefined
    passed.push(at)
  }
}
