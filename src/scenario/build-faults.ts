// The faults of a run: named, timed, their verb made an action.

import { assert } from '../../sim/index.ts'
import { verbsOf } from './check-faults.ts'
import type { DrawNow } from './draw.ts'
import type { FaultAction, FaultSpec, LinkSet } from './model.ts'
import type { FaultShape } from './schema.ts'
import type { Target } from './target.ts'

/** A disk under a slow-disk fault that says no factor. */
const DEFAULT_SLOWDOWN = 10

export function buildFaults(faults: readonly FaultShape[], draw: DrawNow): FaultSpec[] {
  const ids = faultIds(faults)
  return faults.map((fault, i) => {
    const id = ids[i] ?? ''
    const path = `faults.${id}`
    const action = actionOf(fault, path, draw)
    return {
      id,
      atUs: draw(fault.at, `${path}.at`),
      forUs: fault.for === undefined ? undefined : draw(fault.for, `${path}.for`),
      forever: fault.forever ?? false,
      optional: fault.optional ?? false,
      text: textOf(action),
      action,
    }
  })
}

/**
 * `id:`, or verb and number among the faults of that verb without an id: adding a fault of another verb changes no name.
 */
export function faultIds(faults: readonly FaultShape[]): string[] {
  const taken = new Set(faults.flatMap(({ id }) => (id === undefined ? [] : [id])))
  const counts = new Map<string, number>()
  return faults.map((fault) => {
    if (fault.id !== undefined) return fault.id
    const verb = verbsOf(fault)[0] ?? 'fault'
    let number = counts.get(verb) ?? 0
    do number += 1
    while (taken.has(`${verb}-${number}`))
    counts.set(verb, number)
    return `${verb}-${number}`
  })
}

function actionOf(fault: FaultShape, path: string, draw: DrawNow): FaultAction {
  for (const verb of ['kill', 'start', 'restart', 'pause', 'isolate'] as const) {
    const targets = fault[verb]
    if (targets !== undefined) return { verb, targets }
  }
  for (const verb of ['partition', 'clog'] as const) {
    const links = fault[verb]
    if (links !== undefined) return { verb, links: 'from' in links ? [linkSet(links)] : links }
  }
  const { 'power-loss': powerLoss, latency, 'slow-disk': slowDisk } = fault
  if (powerLoss !== undefined) return { verb: 'power-loss', targets: powerLoss, lose: fault.lose ?? 'some' }
  if (latency !== undefined) {
    const { on, from = on } = latency
    assert(from !== undefined, `${path} has no links`)
    return { verb: 'latency', links: [linkSet({ ...latency, from })], extraUs: latency.by }
  }
  assert(slowDisk !== undefined, `${path} has no verb`)
  if (!('on' in slowDisk)) return { verb: 'slow-disk', targets: slowDisk, factor: DEFAULT_SLOWDOWN }
  return { verb: 'slow-disk', targets: slowDisk.on, factor: draw(slowDisk.factor, `${path}.factor`) }
}

function linkSet(written: {
  readonly from: readonly Target[]
  readonly to?: readonly Target[] | undefined
  readonly 'one-way'?: boolean | undefined
}): LinkSet {
  return { from: written.from, to: written.to ?? 'others', oneWay: written['one-way'] ?? false }
}

function textOf(action: FaultAction): string {
  if ('targets' in action) {
    const factor = action.verb === 'slow-disk' ? ` x${action.factor}` : ''
    return `${action.verb} ${namesOf(action.targets)}${factor}`
  }
  const links = action.links.map(({ from, to, oneWay }) => {
    if (to === 'others') return oneWay ? `${namesOf(from)} -> others` : namesOf(from)
    return `${namesOf(from)} ${oneWay ? '->' : '<->'} ${namesOf(to)}`
  })
  return `${action.verb} ${links.join('; ')}`
}

function namesOf(targets: readonly Target[]): string {
  return targets.map(({ text }) => text).join(', ')
}
