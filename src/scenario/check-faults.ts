// Faults: one verb each, targets that exist, times within the run, keys that go together.

import { editSuggestion } from '../config/did-you-mean.ts'
import type { CheckContext } from './check-context.ts'
import { checkTopicReference } from './check-cluster.ts'
import { extremes, highest, lowest } from './draw.ts'
import { FAULT_VERBS, type FaultShape } from './schema.ts'
import type { SourcePath } from './source-tree.ts'
import type { Target } from './target.ts'
import { formatDuration } from './units.ts'

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
    if (fault.id === undefined) continue
    if (!ID.test(fault.id)) {
      const suggestion = 'names consist of letters, digits, ".", "_" and "-"'
      context.report([...path, 'id'], { code: 'KS140', message: `"${fault.id}" cannot be an id`, suggestion })
    }
    if (ids.has(fault.id))
      context.report([...path, 'id'], { code: 'KS207', message: `two faults have the id "${fault.id}"` })
    ids.add(fault.id)
  }
  warnOfShortPauses(context)
}

/** The verbs a fault has: one, if it is a good one. */
export function verbsOf(fault: FaultShape): (typeof FAULT_VERBS)[number][] {
  return FAULT_VERBS.filter((verb) => fault[verb] !== undefined)
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
  if (context.isDamaged(['duration'])) return
  const endUs = context.shortestUs()
  const latestUs = highest(fault.at)
  if (latestUs >= endUs) {
    const message = `at: ${formatDuration(latestUs)} is not before the end of the run, ${formatDuration(endUs)}`
    context.report([...path, 'at'], { code: 'KS205', message })
  } else if (fault.for !== undefined && latestUs + highest(fault.for) > endUs) {
    const message = `for: the fault would last until ${formatDuration(latestUs + highest(fault.for))}, and is healed when the duration, ${formatDuration(endUs)}, is over`
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
  if (fault.start !== undefined && fault.for !== undefined) refuse('for', 'start takes no for: it is over at once')
  for (const verb of ['start', 'restart'] as const) {
    if (fault[verb] !== undefined && fault.forever === true) refuse('forever', `${verb} takes no forever`)
  }
  if (fault.lose !== undefined && fault['power-loss'] === undefined) refuse('lose', 'lose goes with power-loss only')
  if (fault.latency?.on !== undefined && fault.latency.from !== undefined) {
    context.reportKey([...path, 'latency', 'from'], { code: 'KS206', message: 'latency takes on or from, not both' })
  }
}

function checkEnds(context: CheckContext, fault: FaultShape, path: SourcePath): void {
  const { latency } = fault
  if (latency !== undefined && latency.on === undefined && latency.from === undefined) {
    context.report([...path, 'latency'], { code: 'KS208', message: 'latency needs on or from: whose links?' })
  }
  for (const verb of ['partition', 'clog', 'latency'] as const) {
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

function* targetsIn(fault: FaultShape, path: SourcePath): Generator<{ target: Target; at: SourcePath }> {
  for (const verb of FAULT_VERBS) {
    const value = fault[verb]
    if (value === undefined) continue
    const groups: (readonly Target[] | 'others' | undefined)[] = []
    if ('by' in value) groups.push(value.on, value.from, value.to)
    else if ('factor' in value) groups.push(value.on)
    else if ('from' in value) groups.push(value.from, value.to)
    else for (const item of value) groups.push(...('from' in item ? [item.from, item.to] : [[item]]))
    for (const group of groups) {
      for (const target of group === undefined || group === 'others' ? [] : group) yield { target, at: [...path, verb] }
    }
  }
}

function checkTarget(context: CheckContext, target: Target, path: SourcePath): void {
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
      if (count !== undefined && target.partition >= count) {
        refuse(`${target.topic} has no partition ${target.partition}: it has ${count}, counted from 0`)
      }
      return
    }
    case 'producer':
    case 'consumer':
      return checkClient(context, target.kind, target.name, target.index, refuse)
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
  const count = kind === 'producer' ? context.shape.producers?.[name]?.count : undefined
  const least = count === undefined ? 1 : lowest(count)
  if (index >= least) refuse(`${name} has ${least} ${least === 1 ? 'instance' : 'instances'}, counted from 0`)
}

/** Pauses that nobody notices, in a file that has no others: perhaps the two times were mixed up. */
function warnOfShortPauses(context: CheckContext): void {
  const session = context.shape.cluster.config?.['broker.session.timeout.ms']
  const numbers = session === undefined ? [9000] : extremes(session).map(Number)
  const leastMs = Math.min(...numbers)
  if (!Number.isFinite(leastMs)) return
  const pauses = (context.shape.faults ?? []).flatMap((fault, i) => {
    const brokers = fault.pause?.every(
      ({ kind }) => kind !== 'producer' && kind !== 'consumer' && kind !== 'controller',
    )
    return brokers === true && fault.for !== undefined ? [{ i, longestUs: highest(fault.for) }] : []
  })
  if (pauses.some(({ longestUs }) => longestUs > leastMs * 1000)) return
  for (const { i, longestUs } of pauses) {
    const message = `pause ${formatDuration(longestUs)} < broker.session.timeout.ms ${leastMs}: broker will not be fenced (intended?)`
    context.reportKey(['faults', i, 'pause'], { code: 'KS305', severity: 'warn', message })
  }
}
