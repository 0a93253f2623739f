// Faults: one verb each, targets that exist, times within the run, keys that go together.

import { editSuggestion } from '../../config/did-you-mean.ts'
import type { CheckContext } from './check-context.ts'
import { checkDisks } from './check-disk-faults.ts'
import { checkGroupTarget } from './check-group-target.ts'
import { checkTopicReference } from './check-topic-reference.ts'
import { highest, lowest } from '../text/draw.ts'
import { FAULT_VERBS, type FaultShape, INSTANT_VERBS, verbsOf } from '../faults/fault-schema.ts'
import type { SourcePath } from '../text/source-tree.ts'
import { checkTrigger } from './check-trigger.ts'
import { targetsIn } from './fault-targets.ts'
import type { Target } from '../faults/target.ts'
import { formatDuration } from '../text/units.ts'

const ID = /^[A-Za-z0-9._-]{1,100}$/

export function checkFaults(context: CheckContext): void {
  const ids = new Set<string>()
  for (const [i, fault] of (context.shape.faults ?? []).entries()) {
    const path = ['faults', i]
    checkVerbs(context, fault, path)
    checkTimes(context, fault, path)
    checkCombination(context, fault, path)
    for (const { target, at } of targetsIn(fault, path)) checkTarget(context, target, at)
    checkEnds(context, fault, path)
    checkAdmin(context, fault, path)
    checkDisks(context, fault, path)
    if (fault.when !== undefined) checkTrigger(context, fault.when, i, [...path, 'when'])
    if (fault.id === undefined) continue
    if (!ID.test(fault.id)) {
      const suggestion = 'names consist of letters, digits, ".", "_" and "-"'
      context.report([...path, 'id'], { code: 'KS140', message: `"${fault.id}" cannot be an id`, suggestion })
    }
    if (ids.has(fault.id))
      context.report([...path, 'id'], { code: 'KS207', message: `two faults have the id "${fault.id}"` })
    ids.add(fault.id)
  }
}

function checkVerbs(context: CheckContext, fault: FaultShape, path: SourcePath): void {
  const verbs = verbsOf(fault)
  if (verbs.length === 1) return
  if (verbs.length === 0) {
    const suggestion = `verbs are ${FAULT_VERBS.join(', ')}`
    return context.report(path, { code: 'KS201', message: 'fault needs exactly one verb, found none', suggestion })
  }
  const found = verbs.map((verb) => `"${verb}" (${context.positionOf([...path, verb])})`)
  const message = `fault needs exactly one verb, found ${verbs.length}: ${found.join(', ')}`
  context.reportKey([...path, verbs[0] ?? ''], { code: 'KS201', message, suggestion: 'make several faults of it' })
}

function checkTimes(context: CheckContext, fault: FaultShape, path: SourcePath): void {
  const { at, when, repeat } = fault
  if (at === undefined && when === undefined) {
    const suggestion = 'say at: 10s, or when: isr(orders-0) == [1]'
    return context.report(path, { code: 'KS102', message: '"at" or "when" is missing here', suggestion })
  }
  if (context.isDamaged(['duration']) || context.isDamaged([...path, 'at'])) return
  const endUs = context.shortestUs()
  const atUs = at === undefined ? 0 : highest(at)
  const firstUs = atUs + (fault.after === undefined ? 0 : highest(fault.after))
  const again = repeat === undefined || repeat.times === Infinity ? 0 : (repeat.times - 1) * repeat.everyUs
  const lastUs = firstUs + again
  if (lastUs >= endUs) {
    const key = atUs >= endUs ? 'at' : firstUs >= endUs ? 'after' : 'repeat'
    const what =
      key === 'repeat' ? `repeat: the last time, ${formatDuration(lastUs)},` : `${key}: ${formatDuration(firstUs)}`
    const message = `${what} is not before the end of the run, ${formatDuration(endUs)}`
    context.report([...path, key], { code: 'KS205', message })
  } else if (at !== undefined && fault.for !== undefined && firstUs + highest(fault.for) > endUs) {
    const message = `for: the fault would last until ${formatDuration(firstUs + highest(fault.for))}, and is healed when the duration, ${formatDuration(endUs)}, is over`
    context.report([...path, 'for'], {
      code: 'KS205',
      severity: 'warn',
      message,
      suggestion: 'say forever: true, or make the duration longer',
    })
  }
}

function checkCombination(context: CheckContext, fault: FaultShape, path: SourcePath): void {
  const refuse = (key: string, message: string) => context.reportKey([...path, key], { code: 'KS206', message })
  if (fault.for !== undefined && fault.forever === true) refuse('forever', 'a fault has for or forever, not both')
  for (const verb of INSTANT_VERBS) {
    if (fault[verb] !== undefined && fault.for !== undefined) refuse('for', `${verb} takes no for: it is over at once`)
  }
  for (const verb of [...INSTANT_VERBS, 'restart' as const]) {
    if (fault[verb] !== undefined && fault.forever === true) refuse('forever', `${verb} takes no forever`)
  }
  for (const key of ['down', 'every', 'wait', 'with', 'config'] as const) {
    if (fault[key] !== undefined && fault['rolling-restart'] === undefined)
      refuse(key, `${key} goes with rolling-restart only`)
  }
  if (fault['rolling-restart'] !== undefined) {
    if (fault.for !== undefined) refuse('for', 'rolling-restart takes no for: it lasts until all are back')
    if (fault.forever === true) refuse('forever', 'rolling-restart takes no forever')
  }
  if (fault.grace !== undefined && fault.sigterm === undefined) refuse('grace', 'grace goes with sigterm only')
  if (fault.probe !== undefined && !PROBED.some((verb) => fault[verb] !== undefined))
    refuse('probe', `probe goes with ${PROBED.join(', ')} only`)
  if (fault.lose !== undefined && fault['power-loss'] === undefined) refuse('lose', 'lose goes with power-loss only')
  if (fault['torn-write'] !== undefined && fault['power-loss'] === undefined)
    refuse('torn-write', 'torn-write goes with power-loss only')
  if (fault['torn-write'] === true && fault.lose === 'all-unflushed')
    refuse('torn-write', 'torn-write tears what survives, and with lose: all-unflushed nothing does')
  if (fault.after !== undefined && fault.when === undefined) refuse('after', 'after goes with when only')
  for (const verb of LINK_VERBS) {
    const written = fault[verb]
    if (written?.on === undefined || written.from === undefined) continue
    context.reportKey([...path, verb, 'from'], { code: 'KS206', message: `${verb} takes on or from, not both` })
  }
  if (fault.loss !== undefined && fault.loss.probability >= 1) {
    const message = 'a link that loses everything is a partition'
    context.report([...path, 'loss', 'probability'], { code: 'KS105', message, suggestion: 'write partition' })
  }
}

/** Verbs that start what they end. */
const PROBED = ['kill', 'start', 'restart', 'power-loss'] as const

/** Verbs of links that say more than which. */
const LINK_VERBS = ['latency', 'bandwidth', 'loss', 'delay', 'drop', 'duplicate-delivery'] as const

function checkEnds(context: CheckContext, fault: FaultShape, path: SourcePath): void {
  for (const verb of LINK_VERBS) {
    const written = fault[verb]
    if (written === undefined || written.on !== undefined || written.from !== undefined) continue
    context.report([...path, verb], { code: 'KS208', message: `${verb} needs on or from: whose links?` })
  }
  for (const verb of ['partition', 'clog', 'reset', 'half-open', ...LINK_VERBS] as const) {
    const links = fault[verb]
    if (links === undefined) continue
    const pairs = 'length' in links ? links : [links]
    for (const { from, to } of pairs) {
      if (from === undefined || to === undefined || to === 'others') continue
      const both = from.find(({ text }) => to.some((other) => other.text === text))
      if (both === undefined) continue
      context.report([...path, verb], { code: 'KS208', message: `"${both.text}" is at both ends of ${verb}` })
    }
  }
}

function checkAdmin(context: CheckContext, fault: FaultShape, path: SourcePath): void {
  const {
    elect,
    'add-partitions': add,
    'delete-records': deleted,
    'alter-offsets': altered,
    scale,
    poison = [],
  } = fault
  for (const { kind, text } of poison) {
    if (kind === 'producer') continue
    const message = `"${text}" sends no records: poison takes producers`
    context.report([...path, 'poison'], { code: 'KS204', message, suggestion: 'write producer(web)' })
  }
  const refuse = (key: string, message: string) =>
    context.report([...path, ...key.split('.')], { code: 'KS204', message })
  if (scale !== undefined) {
    checkGroupTarget(context, scale.group, (message, suggestion) =>
      context.report([...path, 'scale', 'group'], { code: 'KS204', message, suggestion }),
    )
  }
  if (altered !== undefined) {
    checkGroupTarget(context, altered.group, (message, suggestion) =>
      context.report([...path, 'alter-offsets', 'group'], { code: 'KS204', message, suggestion }),
    )
    checkTopicReference(context, altered.topic, [...path, 'alter-offsets', 'topic'], 'KS204')
  }
  for (const [verb, written] of [
    ['elect', elect],
    ['delete-records', deleted],
  ] as const) {
    for (const { topic, partition } of written === undefined || written.partitions === 'all'
      ? []
      : written.partitions) {
      if (!checkTopicReference(context, topic, [...path, verb, 'partitions'], 'KS204')) continue
      const count = Math.max(context.partitionsOf(topic) ?? Infinity, ...partitionsAdded(context, topic))
      const message = `${topic} has no partition ${partition}: it has ${count}, counted from 0`
      if (partition >= count) refuse(`${verb}.partitions`, message)
    }
  }
  if (add === undefined || !checkTopicReference(context, add.topic, [...path, 'add-partitions', 'topic'], 'KS204'))
    return
  const count = context.partitionsOf(add.topic)
  if (count !== undefined && add.to <= count)
    refuse('add-partitions.to', `${add.topic} has ${count} partitions already`)
}

/** How many partitions a topic comes to have by faults. */
function partitionsAdded(context: CheckContext, topic: string): number[] {
  const added = (context.shape.faults ?? []).flatMap((fault) => fault['add-partitions'] ?? [])
  return added.filter((each) => each.topic === topic).map(({ to }) => to)
}

export function checkTarget(context: CheckContext, target: Target, path: SourcePath): void {
  const refuse = (message: string, suggestion?: string) =>
    context.report(path, { code: 'KS204', message: `"${target.text}": ${message}`, suggestion })
  switch (target.kind) {
    case 'broker': {
      const ids = context.brokerIds()
      if (ids !== undefined && !ids.includes(target.id)) refuse(`no broker ${target.id}`, `brokers: ${ids.join(', ')}`)
      return
    }
    case 'rack': {
      const racks = context.racks()
      if (context.isDamaged(['cluster']) || racks.includes(target.rack)) return
      return refuse(
        `no rack "${target.rack}"`,
        racks.length === 0 ? 'cluster.racks is not set' : `racks: ${racks.join(', ')}`,
      )
    }
    case 'leader':
    case 'follower': {
      if (!checkTopicReference(context, target.topic, path, 'KS204', `"${target.text}": `)) return
      const count = context.partitionsOf(target.topic)
      if (count !== undefined && target.partition >= Math.max(count, ...partitionsAdded(context, target.topic))) {
        refuse(`${target.topic} has no partition ${target.partition}: it has ${count}, counted from 0`)
      }
      return
    }
    case 'producer':
    case 'consumer':
      return checkClient(context, target.kind, target.name, target.index, refuse)
    case 'coordinator':
      return checkGroupTarget(context, target.group, refuse)
    case 'controller':
    case 'brokers':
      return
  }
}

function checkClient(
  context: CheckContext,
  kind: 'producer' | 'consumer',
  name: string,
  index: number | undefined,
  refuse: (message: string, suggestion?: string) => void,
): void {
  const names = context.names(`${kind}s`)
  if (!names.includes(name)) {
    const near = editSuggestion(name, names)
    const list = names.length === 0 ? `there are no ${kind}s` : `${kind}s: ${names.join(', ')}`
    return refuse(`no ${kind} "${name}"`, near === undefined ? list : `did you mean "${near}"? (${list})`)
  }
  if (index === undefined || context.isDamaged([`${kind}s`, name])) return
  const { shape } = context
  const count = kind === 'producer' ? shape.producers?.[name]?.count : shape.consumers?.[name]?.members
  const scaled = (shape.faults ?? []).flatMap(({ scale }) => (scale?.group === name ? [lowest(scale.members)] : []))
  const least = Math.max(count === undefined ? 1 : lowest(count), ...(kind === 'consumer' ? scaled : []))
  if (index >= least) refuse(`${name} has ${least} ${least === 1 ? 'instance' : 'instances'}, counted from 0`)
}
