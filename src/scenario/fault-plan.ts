// Carries out a scenario's faults: each at its time, healed when its time is over or at the end of the duration. Knows
// which of them took hold; one that never did makes the run vacuous.

import { applyFault, unreachable, type Heal, type PowerLossReport, type Rng } from '../../sim/index.ts'
import type { FaultSpec, LinkSet, Scenario } from './model.ts'
import { resolveTargets } from './resolve-target.ts'
import type { SimulatedCluster } from './simulated-cluster.ts'

export interface FaultListener {
  /** The machine of this process lost unsynced data. */
  powerLost(process: string, report: PowerLossReport): void
}

export class FaultPlan {
  /** Time of the last heal; 0 if there was none. */
  lastHealUs = 0
  private readonly cluster: SimulatedCluster
  private readonly listener: FaultListener
  private readonly faults: readonly FaultSpec[]
  private readonly fired = new Set<string>()
  /** In force, by fault id. */
  private readonly heals = new Map<string, () => void>()

  constructor(scenario: Scenario, cluster: SimulatedCluster, listener: FaultListener) {
    this.cluster = cluster
    this.listener = listener
    this.faults = scenario.faults
    for (const fault of scenario.faults) {
      cluster.world.at(fault.atUs, 'fault', () => this.fire(fault))
    }
  }

  /** Faults that should have taken hold by `untilUs` and did not, as written. */
  notFired(untilUs: number): string[] {
    const missed = this.faults.filter((fault) => !fault.optional && fault.atUs <= untilUs && !this.fired.has(fault.id))
    return missed.map((fault) => fault.text)
  }

  /** The duration is over: what is not to last for ever ends. */
  healAll(): void {
    for (const fault of this.faults) if (!fault.forever) this.heal(fault)
  }

  private fire(fault: FaultSpec): void {
    const { world } = this.cluster
    let stream: Rng | undefined
    const rng = () => (stream ??= world.streams.stream(`fault/${fault.id}`))
    const { targets, heals } = this.apply(fault, rng)
    if (targets.length === 0) return
    this.fired.add(fault.id)
    const { verb } = fault.action
    world.trace.emit({ type: 'fault-applied', fault: fault.id, verb, targets, detail: fault.text }, 'world')
    if (heals.length === 0) return
    this.heals.set(fault.id, () => {
      for (const heal of heals.toReversed()) heal()
      this.lastHealUs = world.loop.nowUs
      world.trace.emit({ type: 'fault-healed', fault: fault.id, verb, targets }, 'world')
    })
    if (fault.forUs !== undefined) world.at(world.loop.nowUs + fault.forUs, 'heal', () => this.heal(fault))
  }

  private heal(fault: FaultSpec): void {
    const heal = this.heals.get(fault.id)
    this.heals.delete(fault.id)
    heal?.()
  }

  /** `targets` names those it took hold of. */
  private apply(fault: FaultSpec, rng: () => Rng): { targets: string[]; heals: Heal[] } {
    const { cluster } = this
    const { world } = cluster
    const { action } = fault
    switch (action.verb) {
      case 'kill':
        return this.eachProcess(resolveTargets(action.targets, cluster, rng), (process) =>
          applyFault(world, 'kill', { process }),
        )
      case 'pause':
        return this.eachProcess(resolveTargets(action.targets, cluster, rng), (process) =>
          applyFault(world, 'pause', { process }),
        )
      case 'restart':
        return this.eachProcess(resolveTargets(action.targets, cluster, rng), (process) => {
          const heal = applyFault(world, 'kill', { process })
          if (fault.forUs === undefined) heal?.()
          return heal
        })
      case 'start':
        return this.eachProcess(resolveTargets(action.targets, cluster, rng), (process) => {
          if (world.process(process).alive) return undefined
          world.process(process).start()
          return NOTHING_TO_HEAL
        })
      case 'power-loss':
        return this.eachProcess(resolveTargets(action.targets, cluster, rng), (process) =>
          applyFault(world, 'power-loss', {
            process,
            lose: action.lose,
            onReport: (report) => this.listener.powerLost(process, report),
          }),
        )
      case 'slow-disk':
        return this.eachProcess(resolveTargets(action.targets, cluster, rng), (process) =>
          applyFault(world, 'slow-disk', { process, factor: action.factor }),
        )
      case 'isolate': {
        const hosts = resolveTargets(action.targets, cluster, rng)
        const heal = hosts.length === 0 ? undefined : applyFault(world, 'isolate', { hosts })
        return { targets: hosts, heals: heal === undefined ? [] : [heal] }
      }
      case 'partition':
      case 'clog':
        return this.eachLink(action.links, rng, (links) => applyFault(world, action.verb, links))
      case 'latency':
        return this.eachLink(action.links, rng, (links) =>
          applyFault(world, 'latency', { ...links, extra: action.extraUs }),
        )
      default:
        return unreachable(action, 'fault')
    }
  }

  private eachProcess(
    names: readonly string[],
    apply: (name: string) => Heal | undefined,
  ): { targets: string[]; heals: Heal[] } {
    const targets: string[] = []
    const heals: Heal[] = []
    for (const name of names) {
      const heal = apply(name)
      if (heal === undefined) continue
      targets.push(name)
      if (heal !== NOTHING_TO_HEAL) heals.push(heal)
    }
    return { targets, heals }
  }

  private eachLink(
    sets: readonly LinkSet[],
    rng: () => Rng,
    apply: (links: { from: string[]; to: string[]; oneWay: boolean }) => Heal | undefined,
  ): { targets: string[]; heals: Heal[] } {
    const { cluster } = this
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
      if (heal === undefined) continue
      heals.push(heal)
      for (const name of from) targets.add(name)
      if (toTargets !== 'others') for (const name of to) targets.add(name)
    }
    return { targets: [...targets], heals }
  }
}

/** Took hold, and is over at once. */
const NOTHING_TO_HEAL: Heal = () => {}
