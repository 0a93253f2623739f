// Does what a fault says, now: finds whom it means, does it to them, and keeps what undoes it.

import { applyFault, unreachable, type Heal, type PowerLossReport, type Rng } from '../../../sim/index.ts'
import { APIS } from '../../protocol/api-keys.ts'
import type {
  AdminAction,
  FaultAction,
  FaultSpec,
  FrameAction,
  LinkSet,
  RollingAction,
  ScaleAction,
} from '../faults/fault-model.ts'
import { askToStop } from './ask-to-stop.ts'
import { applyToDisk, corrupt } from './apply-disk-fault.ts'
import { probe } from './probe.ts'
import { resolveTargets } from './resolve-target.ts'
import type { SimulatedCluster } from '../cluster/simulated-cluster.ts'
import type { Target } from '../faults/target.ts'

export interface Applied {
  /** Names of those it took hold of. */
  readonly targets: string[]
  readonly heals: Heal[]
}

export interface FaultTools {
  readonly cluster: SimulatedCluster
  /** The fault's own stream. */
  rng(): Rng
  /** The machine of this process lost unsynced data. */
  powerLost(process: string, report: PowerLossReport): void
  /** A fault of single frames, or of single operations of a disk, found one. */
  hit(): void
  /** Tells what it did, once it is told that it happened. */
  tell(fn: () => void): void
}

/** Took hold, and is over at once. */
const NOTHING_TO_HEAL: Heal = () => {}

export type PlainAction = Exclude<FaultAction, RollingAction | AdminAction>

/** `action` is that of the fault. */
export function applyAction(fault: FaultSpec, action: PlainAction, tools: FaultTools): Applied {
  const { world } = tools.cluster
  const { verb } = action
  switch (verb) {
    case 'kill':
    case 'stop':
    case 'pause':
      return eachProcess(action.targets, tools, (process) =>
        probed(fault, process, tools.cluster, applyFault(world, verb, { process })),
      )
    case 'sigterm':
      return eachProcess(action.targets, tools, (process) => askToStop(world, process, action.graceUs))
    case 'poison':
      return eachProcess(action.targets, tools, (process) =>
        tools.cluster.poison(process) ? NOTHING_TO_HEAL : undefined,
      )
    case 'restart':
      return eachProcess(action.targets, tools, (process) => {
        const heal = probed(fault, process, tools.cluster, applyFault(world, 'kill', { process }))
        if (fault.forUs !== undefined || heal === undefined) return heal
        heal()
        return NOTHING_TO_HEAL
      })
    case 'scale': {
      const targets = tools.cluster.scale(action.group, action.members)
      return { targets, heals: [] }
    }
    case 'start':
      return eachProcess(action.targets, tools, (process) => {
        if (world.process(process).alive) return undefined
        world.process(process).start()
        if (fault.probeUs !== undefined) probe(tools.cluster, process, fault.probeUs)
        return NOTHING_TO_HEAL
      })
    case 'power-loss':
      return eachProcess(action.targets, tools, (process) => {
        const onReport = (report: PowerLossReport) => tools.powerLost(process, report)
        const { lose, tears } = action
        return probed(
          fault,
          process,
          tools.cluster,
          applyFault(world, 'power-loss', { process, lose, tears, onReport }),
        )
      })
    case 'slow-disk':
    case 'stall-disk':
    case 'disk-full':
    case 'disk-error':
    case 'lying-sync':
      return eachProcess(action.targets, tools, (process) => applyToDisk(action, process, tools))
    case 'corrupt':
      return eachProcess(action.targets, tools, (process) =>
        corrupt(action, process, tools) ? NOTHING_TO_HEAL : undefined,
      )
    case 'slow-cpu':
      return eachProcess(action.targets, tools, (process) =>
        applyFault(world, 'slow-cpu', { process, factor: action.factor }),
      )
    case 'clock-jump':
      return eachProcess(action.targets, tools, (process) => {
        applyFault(world, 'clock-jump', { process, byMs: action.byMs })
        return NOTHING_TO_HEAL
      })
    case 'clock-drift':
      return eachProcess(action.targets, tools, (process) =>
        applyFault(world, 'clock-drift', { process, ppm: action.ppm }),
      )
    case 'isolate': {
      const hosts = resolveTargets(action.targets, tools.cluster, tools.rng)
      const heal = hosts.length === 0 ? undefined : applyFault(world, 'isolate', { hosts })
      return { targets: hosts, heals: heal === undefined ? [] : [heal] }
    }
    case 'partition':
    case 'clog':
    case 'latency':
    case 'bandwidth':
    case 'loss':
    case 'reset':
    case 'half-open':
    case 'delay':
    case 'drop':
    case 'duplicate-delivery':
      return eachLink(action.links, tools, (links) => applyToLinks(action, links, tools))
    default:
      return unreachable(verb, 'fault')
  }
}

interface Links {
  readonly from: string[]
  readonly to: string[]
  readonly oneWay: boolean
}

function applyToLinks(
  action: Exclude<PlainAction, { targets: unknown } | ScaleAction>,
  links: Links,
  tools: FaultTools,
): Heal {
  const { world } = tools.cluster
  switch (action.verb) {
    case 'partition':
    case 'clog':
      return applyFault(world, action.verb, links) ?? NOTHING_TO_HEAL
    case 'latency':
      return applyFault(world, 'latency', { ...links, extra: action.extraUs }) ?? NOTHING_TO_HEAL
    case 'bandwidth':
      return applyFault(world, 'bandwidth', { ...links, bytesPerMs: action.bytesPerMs }) ?? NOTHING_TO_HEAL
    case 'loss':
      return applyFault(world, 'loss', { ...links, probability: action.probability }) ?? NOTHING_TO_HEAL
    case 'reset':
    case 'half-open':
      return applyFault(world, action.verb, links) ?? NOTHING_TO_HEAL
    case 'delay':
    case 'drop':
    case 'duplicate-delivery':
      return applyToFrames(action, links, tools)
    default:
      return unreachable(action, 'fault of links')
  }
}

function applyToFrames(action: FrameAction, { from, to }: Links, tools: FaultTools): Heal {
  const { world } = tools.cluster
  const { direction, api, nth, count, probability, byUs } = action
  const kinds = (api === undefined ? Object.keys(APIS) : [api]).map((name) => `${name}.${direction}`)
  // Answers travel from who was asked to who asked.
  const way = direction === 'request' ? { from, to } : { from: to, to: from }
  const frames = { ...way, kinds, nth, count, probability, onHit: () => tools.hit() }
  const heal =
    action.verb === 'delay'
      ? applyFault(world, 'delay-frames', { ...frames, byUs })
      : applyFault(world, 'drop-frames', frames)
  return heal ?? NOTHING_TO_HEAL
}

/** What it starts again is to serve in time. */
function probed(
  { probeUs }: FaultSpec,
  process: string,
  cluster: SimulatedCluster,
  heal: Heal | undefined,
): Heal | undefined {
  if (heal === undefined || probeUs === undefined) return heal
  return () => {
    heal()
    probe(cluster, process, probeUs)
  }
}

function eachProcess(
  targets: readonly Target[],
  tools: FaultTools,
  apply: (process: string) => Heal | undefined,
): Applied {
  const names: string[] = []
  const heals: Heal[] = []
  for (const name of resolveTargets(targets, tools.cluster, tools.rng)) {
    const heal = apply(name)
    if (heal === undefined) continue
    names.push(name)
    if (heal !== NOTHING_TO_HEAL) heals.push(heal)
  }
  return { targets: names, heals }
}

function eachLink(sets: readonly LinkSet[], tools: FaultTools, apply: (links: Links) => Heal): Applied {
  const { cluster, rng } = tools
  const targets = new Set<string>()
  const heals: Heal[] = []
  for (const { from: fromTargets, to: toTargets, oneWay } of sets) {
    const from = resolveTargets(fromTargets, cluster, rng)
    const all = cluster.world.processes.map((process) => process.name)
    const named = toTargets === 'others' ? all : resolveTargets(toTargets, cluster, rng)
    // Whoever is on both sides stays on the first.
    const to = named.filter((name) => !from.includes(name))
    if (from.length === 0 || to.length === 0) continue
    const heal = apply({ from, to, oneWay })
    if (heal !== NOTHING_TO_HEAL) heals.push(heal)
    for (const name of from) targets.add(name)
    if (toTargets !== 'others') for (const name of to) targets.add(name)
  }
  return { targets: [...targets], heals }
}
