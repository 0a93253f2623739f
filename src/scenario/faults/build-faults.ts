// The faults of a run: named, timed, their verb made an action.

import { assert, unreachable } from '../../../sim/index.ts'
import type { ConsumerConfig } from '../../config/consumer-config.ts'
import { resolveConfig } from '../../config/resolve-config.ts'
import type { KafkaVersion } from '../../config/versions.ts'
import type { ConfigDraws } from '../language/config-literals.ts'
import type { DrawNow } from '../text/draw.ts'
import type { CorruptAction, DiskAction, FaultAction, FaultSpec, FrameAction, LinkSet } from './fault-model.ts'
import { type FaultShape, verbsOf } from './fault-schema.ts'
import type { Target } from './target.ts'

/** A disk under a slow-disk fault, or a processor under a slow-cpu fault, that says no factor. */
const DEFAULT_SLOWDOWN = 10

/** As Kubernetes has it. */
const DEFAULT_GRACE_US = 30_000_000

/** Of each process in a rolling restart that does not say. */
const DEFAULT_DOWN_US = 5_000_000

export function buildFaults(faults: readonly FaultShape[], kafka: KafkaVersion, draw: DrawNow): FaultSpec[] {
  const ids = faultIds(faults)
  return faults.map((fault, i) => {
    const id = ids[i] ?? ''
    const path = `faults.${id}`
    const action = actionOf(fault, path, kafka, draw)
    const time = (key: 'at' | 'after' | 'for' | 'probe') =>
      fault[key] === undefined ? undefined : draw(fault[key], `${path}.${key}`)
    return {
      id,
      atUs: time('at') ?? 0,
      when: fault.when,
      afterUs: time('after') ?? 0,
      repeat: fault.repeat,
      probability: fault.probability,
      forUs: time('for'),
      forever: fault.forever ?? false,
      optional: fault.optional ?? false,
      probeUs: time('probe'),
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

function actionOf(fault: FaultShape, path: string, kafka: KafkaVersion, draw: DrawNow): FaultAction {
  const [verb] = verbsOf(fault)
  assert(verb !== undefined, `${path} has no verb`)
  const links = (written: Ends | undefined) => [linkSet(written, path)]
  switch (verb) {
    case 'kill':
    case 'start':
    case 'stop':
    case 'restart':
    case 'pause':
    case 'isolate':
    case 'poison':
      return { verb, targets: fault[verb] ?? [] }
    case 'sigterm': {
      const graceUs = fault.grace === undefined ? DEFAULT_GRACE_US : draw(fault.grace, `${path}.grace`)
      return { verb, targets: fault[verb] ?? [], graceUs }
    }
    case 'power-loss':
      return { verb, targets: fault[verb] ?? [], lose: fault.lose ?? 'some', tears: fault['torn-write'] ?? false }
    case 'stall-disk':
    case 'lying-sync':
    case 'slow-disk':
    case 'disk-full':
    case 'disk-error':
      return diskAction(verb, fault, path, draw)
    case 'corrupt': {
      const { on, partition, offset, file, position, count = 1 } = mappingOf(given(fault.corrupt))
      return { verb, targets: on, partition, offset, file, position, count }
    }
    case 'rolling-restart': {
      const time = (key: 'down' | 'every') =>
        fault[key] === undefined ? undefined : draw(fault[key], `${path}.${key}`)
      const everyUs = time('every')
      return {
        verb,
        targets: fault[verb] ?? [],
        how: fault.with ?? 'stop',
        downUs: time('down') ?? DEFAULT_DOWN_US,
        everyUs,
        waitForIsr: (fault.wait ?? (everyUs === undefined ? 'isr-full' : 'none')) === 'isr-full',
        config: fault.config === undefined ? undefined : newConfig(fault.config, `${path}.config`, kafka, draw),
      }
    }
    case 'elect': {
      const { partitions, type = 'preferred' } = given(fault.elect)
      return { verb, partitions, type }
    }
    case 'delete-records': {
      const { partitions, before = -1 } = given(fault[verb])
      return { verb, partitions, before }
    }
    case 'alter-offsets':
      return { verb, ...given(fault[verb]) }
    case 'scale': {
      const { group, members } = given(fault.scale)
      return { verb, group, members: draw(members, `${path}.members`) }
    }
    case 'add-partitions':
      return { verb, ...given(fault[verb]) }
    case 'partition':
    case 'clog':
    case 'reset':
    case 'half-open': {
      const written = fault[verb] ?? []
      return { verb, links: 'from' in written ? links(written) : written }
    }
    case 'latency': {
      const { by } = given(fault.latency)
      return { verb, links: links(fault.latency), extraUs: by }
    }
    case 'bandwidth': {
      const { limit } = given(fault.bandwidth)
      return { verb, links: links(fault.bandwidth), bytesPerMs: draw(limit, `${path}.limit`) }
    }
    case 'loss':
      return { verb, links: links(fault.loss), probability: given(fault.loss).probability }
    case 'delay': {
      const written = given(fault.delay)
      return { verb, links: links(written), ...framesOf(written), byUs: draw(written.by, `${path}.by`) }
    }
    case 'drop': {
      const written = given(fault.drop)
      return { verb, links: links(written), ...framesOf(written) }
    }
    case 'duplicate-delivery': {
      const written = given(fault['duplicate-delivery'])
      const { probability } = written
      return { verb, links: links(written), ...framesOf(written), direction: 'response', probability }
    }
    case 'slow-cpu': {
      const written = given(fault[verb])
      if (!('on' in written)) return { verb, targets: written, factor: DEFAULT_SLOWDOWN }
      return { verb, targets: written.on, factor: draw(written.factor, `${path}.factor`) }
    }
    case 'clock-jump': {
      const { on, by } = given(fault[verb])
      return { verb, targets: on, byMs: Math.trunc(draw(by, `${path}.by`) / 1000) }
    }
    case 'clock-drift': {
      const { on, ppm } = given(fault[verb])
      return { verb, targets: on, ppm: draw(ppm, `${path}.ppm`) }
    }
    default:
      return unreachable(verb, 'verb')
  }
}

type DiskVerb = DiskAction['verb']

function diskAction(verb: DiskVerb, fault: FaultShape, path: string, draw: DrawNow): DiskAction {
  switch (verb) {
    case 'stall-disk':
    case 'lying-sync': {
      const { on, dir } = mappingOf(given(fault[verb]))
      return { verb, targets: on, dir }
    }
    case 'slow-disk': {
      const { on, dir, factor } = mappingOf(given(fault[verb]))
      return {
        verb,
        targets: on,
        dir,
        factor: factor === undefined ? DEFAULT_SLOWDOWN : draw(factor, `${path}.factor`),
      }
    }
    case 'disk-full': {
      const { on, dir, free } = mappingOf(given(fault[verb]))
      return { verb, targets: on, dir, freeBytes: free === undefined ? 0 : draw(free, `${path}.free`) }
    }
    case 'disk-error': {
      const { on, dir, op, nth, count, probability = 1 } = mappingOf(given(fault[verb]))
      const many = count ?? (nth === undefined ? Infinity : 1)
      return { verb, targets: on, dir, op, nth: nth ?? 1, count: many, probability }
    }
    default:
      return unreachable(verb, 'verb of disks')
  }
}

type OnlyOn<T> = { readonly on: readonly Target[] } & { readonly [Key in Exclude<keyof T, 'on'>]?: undefined }

/** Targets alone are a mapping that says no more. */
function mappingOf<T extends { readonly on: readonly Target[] }>(written: readonly Target[] | T): T | OnlyOn<T> {
  if ('on' in written) return written
  const only: { readonly on: readonly Target[] } = { on: written }
  // It has none of the other keys, which is all that the type says; TypeScript cannot follow a type that is not known yet.
  return only as OnlyOn<T>
}

/** Of all keys those that are set. */
function newConfig(written: ConfigDraws, path: string, kafka: KafkaVersion, draw: DrawNow): Partial<ConsumerConfig> {
  const set = Object.entries(written).flatMap(([key, value]) =>
    value === undefined ? [] : [[key, draw(value, `${path}.${key}`)] as const],
  )
  const resolved: ConsumerConfig = resolveConfig('consumer', kafka, Object.fromEntries(set))
  const keys = set.map(([key]) => key)
  return Object.fromEntries(Object.entries(resolved).filter(([key]) => keys.includes(key)))
}

interface Ends {
  readonly on?: readonly Target[] | undefined
  readonly from?: readonly Target[] | undefined
  readonly to?: readonly Target[] | undefined
  readonly 'one-way'?: boolean | undefined
}

function linkSet(written: Ends | undefined, path: string): LinkSet {
  const from = written?.from ?? written?.on
  assert(written !== undefined && from !== undefined, `${path} has no links`)
  return { from, to: written.to ?? 'others', oneWay: written['one-way'] ?? false }
}

/** What all faults of frames have in common, with the defaults. */
function framesOf(written: {
  readonly api?: string | undefined
  readonly direction?: 'request' | 'response' | undefined
  readonly nth?: number | undefined
  readonly count?: number | undefined
}): Omit<FrameAction, 'verb' | 'links'> {
  const { api, direction = 'request', nth, count } = written
  return {
    api,
    direction,
    nth: nth ?? 1,
    count: count ?? (nth === undefined ? Infinity : 1),
    probability: 1,
    byUs: 0,
  }
}

function given<T>(value: T | undefined): T {
  assert(value !== undefined, 'a fault has the verb it was taken for')
  return value
}

function textOf(action: FaultAction): string {
  if (action.verb === 'scale') return `scale ${action.group} to ${action.members}`
  if (action.verb === 'add-partitions') return `add-partitions ${action.topic} to ${action.to}`
  if (action.verb === 'alter-offsets') return `alter-offsets of ${action.group} on ${action.topic} to ${action.to}`
  if (action.verb === 'elect' || action.verb === 'delete-records') {
    const { partitions } = action
    const named = partitions === 'all' ? 'all' : partitions.map(({ topic, partition }) => `${topic}-${partition}`)
    const how = action.verb === 'elect' ? action.type : action.before < 0 ? 'of' : `below ${action.before} of`
    return `${action.verb} ${how} ${String(named)}`
  }
  if ('targets' in action) {
    if ('how' in action) return `${action.verb} ${namesOf(action.targets)} (${action.how})`
    if (action.verb === 'corrupt') return `corrupt ${corruptedText(action)} on ${namesOf(action.targets)}`
    if (action.verb === 'disk-error') return `disk-error ${errorText(action)} ${namesOf(action.targets)}`
    const factor = 'factor' in action ? ` x${action.factor}` : ''
    const clock = 'byMs' in action ? ` by ${action.byMs} ms` : 'ppm' in action ? ` ${action.ppm} ppm` : ''
    const dir = 'dir' in action && action.dir !== undefined ? ` ${action.dir}` : ''
    const torn = 'tears' in action && action.tears ? ', torn writes' : ''
    return `${action.verb} ${namesOf(action.targets)}${dir}${factor}${clock}${torn}`
  }
  const links = action.links.map(({ from, to, oneWay }) => {
    const arrow = oneWay || 'direction' in action || action.verb === 'half-open' ? '->' : '<->'
    if (to === 'others') return arrow === '->' && oneWay ? `${namesOf(from)} -> others` : namesOf(from)
    return `${namesOf(from)} ${arrow} ${namesOf(to)}`
  })
  const frames = 'direction' in action ? ` ${action.api ?? 'all'} ${action.direction}s,` : ''
  return `${action.verb}${frames} ${links.join('; ')}`
}

/** `orders-0@17`, `orders-0`, `orders-0/leader-epoch-checkpoint`, `a segment`. */
function corruptedText({ partition, offset, file, count }: CorruptAction): string {
  const bits = count === 1 ? '' : `${count} bits of `
  if (file !== undefined) return `${bits}${file}`
  if (partition === undefined) return `${bits}a segment`
  return `${bits}${partition.topic}-${partition.partition}${offset === undefined ? '' : `@${offset}`}`
}

function errorText({ op, nth, count, probability, dir }: DiskAction & { verb: 'disk-error' }): string {
  const which = count === Infinity ? (nth === 1 ? '' : ` from number ${nth}`) : ` ${count} from number ${nth}`
  const chance = probability === 1 ? '' : ` ${Math.round(probability * 1000) / 10}%`
  return `(${op ?? 'any operation'}${which}${chance})${dir === undefined ? '' : ` of ${dir} of`}`
}

function namesOf(targets: readonly Target[]): string {
  return targets.map(({ text }) => text).join(', ')
}
