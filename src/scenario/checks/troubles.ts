// What a file's faults and its nemesis may do to brokers, for warnings: which verbs, whom, how long. Says "may" where chance
// or the cluster decides.

import { type FaultVerb, FAULT_VERBS } from '../faults/fault-schema.ts'
import type { Target } from '../faults/target.ts'
import { highest, lowest } from '../text/draw.ts'
import type { SourcePath } from '../text/source-tree.ts'
import type { CheckContext } from './check-context.ts'
import { targetsIn } from './fault-targets.ts'
import { numbers, ofBrokers } from './possible-values.ts'

export interface Trouble {
  /** Of the verb. */
  readonly path: SourcePath
  readonly verb: FaultVerb
  /** Empty: whom it hits is not said, or drawn by a nemesis. */
  readonly targets: readonly Target[]
  /** The longest it may last. */
  readonly lastsUs: number
  /** The latest it may begin, if that is known. */
  readonly atUs: number | undefined
  /** It goes on until `duration` is over, and is healed then. */
  readonly untilEnd: boolean
  /** It may come more than once. */
  readonly repeated: boolean
  readonly byNemesis: boolean
  /** rolling-restart and restart: the process is killed. */
  readonly kills: boolean
  readonly unclean: boolean
}

export function troublesOf(context: CheckContext): readonly Trouble[] {
  const faults = (context.shape.faults ?? []).flatMap((fault, i): Trouble[] => {
    const path = ['faults', i]
    const targets = [...targetsIn(fault, path)]
    const untilEnd = fault.for === undefined && fault.forever !== true
    const startUs = fault.at === undefined ? undefined : highest(fault.at)
    const restUs = Math.max(0, context.longestUs() - (startUs ?? 0))
    return FAULT_VERBS.filter((verb) => fault[verb] !== undefined).map((verb) => ({
      path: [...path, verb],
      verb,
      targets: targets.flatMap(({ target, at }) => (at.at(-1) === verb ? [target] : [])),
      lastsUs: lastsUs(fault, verb, restUs),
      atUs: fault.when === undefined ? startUs : undefined,
      untilEnd: untilEnd && LASTING.includes(verb),
      repeated: fault.repeat !== undefined,
      byNemesis: false,
      kills: verb === 'restart' || (verb === 'rolling-restart' && fault.with === 'kill'),
      unclean: fault.elect?.type === 'unclean',
    }))
  })
  return [...faults, ...ofNemesis(context)]
}

/** Does it take a broker out of ISRs, or its leaders away? */
export function stopsBrokers(context: CheckContext, trouble: Trouble): boolean {
  if (!hitsBrokers(trouble)) return false
  if (STOPS.includes(trouble.verb)) return true
  return SILENCES.includes(trouble.verb) && trouble.lastsUs > noticedAfterUs(context)
}

/** May another lead while the old leader has records that nobody else has? */
export function leavesTailBehind(context: CheckContext, trouble: Trouble): boolean {
  if (!hitsBrokers(trouble)) return false
  const { verb, kills } = trouble
  if (ENDS.includes(verb) || kills) return true
  return SILENCES.includes(verb) && trouble.lastsUs > sessionUs(context)
}

/** May it hit a leader of the topic? Followers of a topic with one partition only are no leaders of it. */
export function mayHitLeader(context: CheckContext, { targets }: Trouble, topic: string): boolean {
  if (targets.length === 0) return true
  return targets.some((target) => {
    switch (target.kind) {
      case 'leader':
        return target.topic === topic || Object.keys(context.shape.topics).length > 1
      case 'follower':
        return target.topic !== topic || context.partitionsOf(topic) !== 1
      case 'broker':
      case 'rack':
      case 'brokers':
      case 'coordinator':
        return true
      case 'controller':
      case 'producer':
      case 'consumer':
        return false
    }
  })
}

/** All brokers there are, at once. */
export function hitsAllBrokers(context: CheckContext, { targets }: Trouble): boolean {
  const ids = context.brokerIds() ?? []
  const racks = new Set(context.racks())
  const named = targets.flatMap((target) => (target.kind === 'broker' ? [target.id] : []))
  const namedRacks = targets.flatMap((target) => (target.kind === 'rack' ? [target.rack] : []))
  if (targets.some((target) => target.kind === 'brokers' && target.which === 'all')) return true
  return (
    (ids.length > 0 && ids.every((id) => named.includes(id))) ||
    (racks.size > 0 && [...racks].every((rack) => namedRacks.includes(rack)))
  )
}

/**
 * May the ISR shrink by one of these, and who is left of it be hit by another? One that hits several brokers at once is not
 * enough: who is left was in the ISR.
 */
export function comeInTurn(context: CheckContext, troubles: readonly Trouble[]): boolean {
  return troubles.length > 1 || troubles.some((each) => each.repeated || hitsAllBrokers(context, each))
}

/** Without a heartbeat for so long a broker is fenced. */
export function sessionUs(context: CheckContext): number {
  return Math.min(...numbers(ofBrokers(context, 'broker.session.timeout.ms'))) * 1000
}

/** The controller fences it, or leaders drop it from their ISRs. */
export function noticedAfterUs(context: CheckContext): number {
  return Math.min(sessionUs(context), ...numbers(ofBrokers(context, 'replica.lag.time.max.ms')).map((ms) => ms * 1000))
}

/** May clients have to send again because of it? */
export function bringsRetries(context: CheckContext, trouble: Trouble): boolean {
  if (BREAKS_CONNECTIONS.includes(trouble.verb)) return trouble.targets.every(({ kind }) => kind !== 'controller')
  return stopsBrokers(context, trouble)
}

function hitsBrokers({ targets }: Trouble): boolean {
  return targets.length === 0 || targets.some(({ kind }) => !NO_BROKERS.includes(kind))
}

const NO_BROKERS: readonly Target['kind'][] = ['producer', 'consumer', 'controller']

/** The process is gone for a while. */
const STOPS: readonly FaultVerb[] = [
  'kill', 'stop', 'sigterm', 'restart', 'rolling-restart', 'power-loss', 'disk-full', 'disk-error',
] // prettier-ignore
/** It is gone at once, with what it had not told. */
const ENDS: readonly FaultVerb[] = ['kill', 'power-loss', 'disk-full', 'disk-error']
/** It lives, and nobody hears of it. */
const SILENCES: readonly FaultVerb[] = ['pause', 'isolate', 'clog']
const BREAKS_CONNECTIONS: readonly FaultVerb[] = [
  'isolate', 'partition', 'reset', 'half-open', 'drop', 'duplicate-delivery', 'elect',
] // prettier-ignore
/** Verbs that are healed when the duration is over, if not before. */
const LASTING: readonly FaultVerb[] = [
  'kill', 'stop', 'sigterm', 'power-loss', 'pause', 'isolate', 'partition', 'clog', 'stall-disk', 'slow-disk', 'latency',
  'loss', 'bandwidth', 'disk-full', 'disk-error', 'lying-sync',
] // prettier-ignore

const ROLLING_DOWN_US = 5_000_000

type FaultTimes = Pick<NonNullable<CheckContext['shape']['faults']>[number], 'for' | 'forever' | 'down'>

function lastsUs(fault: FaultTimes, verb: FaultVerb, restUs: number): number {
  if (fault.forever === true) return Infinity
  if (fault.for !== undefined) return highest(fault.for)
  if (verb === 'restart') return 0
  if (verb === 'rolling-restart') return fault.down === undefined ? ROLLING_DOWN_US : highest(fault.down)
  return restUs
}

/** Faults of a nemesis are healed before the end, in their time. */
function ofNemesis(context: CheckContext): readonly Trouble[] {
  const { nemesis } = context.shape
  return Object.entries(nemesis?.faults ?? {}).flatMap(([name, choice]): Trouble[] => {
    const verb = FAULT_VERBS.find((known) => known === name)
    const weight = typeof choice === 'number' ? choice : (choice?.weight ?? 1)
    if (verb === undefined || weight === 0) return []
    const { targets = [], for: lasts } = typeof choice === 'object' ? choice : {}
    const path = ['nemesis', 'faults', verb]
    const common = { path, verb, targets, atUs: undefined, untilEnd: false, repeated: true, byNemesis: true }
    return [{ ...common, lastsUs: lasts === undefined ? Infinity : highest(lasts), kills: false, unclean: false }]
  })
}

/** When the last fault is healed at the latest, from the start; undefined if that is not known. */
export function lastHealUs(context: CheckContext, troubles: readonly Trouble[]): number | undefined {
  const { nemesis } = context.shape
  const endUs = lowest(context.shape.duration)
  if (troubles.some(({ untilEnd, lastsUs: us }) => untilEnd && us !== Infinity)) return endUs
  if (nemesis !== undefined || troubles.some(({ atUs, repeated }) => atUs === undefined || repeated)) return undefined
  const heals = troubles.map(({ atUs = 0, lastsUs: us }) => Math.min(endUs, atUs + (us === Infinity ? 0 : us)))
  return Math.max(0, ...heals)
}
