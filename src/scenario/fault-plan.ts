// Carries out a scenario's faults: each at its time, or when what it waits for has come, as often as it says; healed
// when its time is over or at the end of the duration. Knows which of them took hold; one that never did makes the run
// vacuous.

import type { PowerLossReport, Rng } from '../../sim/index.ts'
import { applyAction } from './apply-fault.ts'
import type { FaultSpec } from './fault-model.ts'
import type { Scenario } from './model.ts'
import type { SimulatedCluster } from './simulated-cluster.ts'
import { TriggerWatch } from './trigger-watch.ts'

export interface FaultListener {
  /** The machine of this process lost unsynced data. */
  powerLost(process: string, report: PowerLossReport): void
}

/** One time that a fault happened, as long as it lasts. */
interface InForce {
  readonly fault: FaultSpec
  heal(): void
}

export class FaultPlan {
  /** Time of the last heal; 0 if there was none. */
  lastHealUs = 0
  private readonly cluster: SimulatedCluster
  private readonly listener: FaultListener
  private readonly faults: readonly FaultSpec[]
  private readonly durationUs: number
  private readonly fired = new Set<string>()
  private readonly streams = new Map<string, Rng>()
  private readonly inForce = new Set<InForce>()
  private readonly watches: TriggerWatch[] = []
  /** The duration is over: nothing happens any more. */
  private over = false

  constructor(scenario: Scenario, cluster: SimulatedCluster, listener: FaultListener) {
    this.cluster = cluster
    this.listener = listener
    this.faults = scenario.faults
    this.durationUs = scenario.durationUs
    for (const fault of scenario.faults) {
      if (fault.when === undefined) this.plan(fault.atUs, fault, 1)
      else this.await(fault, fault.when)
    }
  }

  /** Faults that should have taken hold by `untilUs` and did not, as written. */
  notFired(untilUs: number): string[] {
    const missed = this.faults.filter(({ id, optional, probability, when, atUs }) => {
      if (optional || probability !== undefined || this.fired.has(id)) return false
      return when === undefined ? atUs <= untilUs : untilUs >= this.durationUs
    })
    return missed.map(({ text, when }) => (when === undefined ? text : `${text} when ${when.text}`))
  }

  /** The duration is over: what is not to last for ever ends. */
  healAll(): void {
    this.over = true
    for (const watch of this.watches) watch.stop()
    const lasting = [...this.inForce]
    for (const fault of this.faults) {
      if (fault.forever) continue
      for (const each of lasting) if (each.fault === fault) this.heal(each)
    }
  }

  private await(fault: FaultSpec, when: NonNullable<FaultSpec['when']>): void {
    const { world } = this.cluster
    const watch = new TriggerWatch(when, this.cluster, () => this.plan(world.loop.nowUs + fault.afterUs, fault, 1))
    this.watches.push(watch)
    if (fault.atUs === 0) watch.arm()
    else world.at(fault.atUs, 'fault-trigger', () => watch.arm())
  }

  /** `nth` counts from 1. */
  private plan(atUs: number, fault: FaultSpec, nth: number): void {
    this.cluster.world.at(atUs, 'fault', () => {
      if (this.over) return
      const { repeat, probability } = fault
      if (repeat !== undefined && nth < repeat.times) this.plan(atUs + repeat.everyUs, fault, nth + 1)
      if (probability === undefined || this.streamOf(fault).chance(probability)) this.fire(fault)
    })
  }

  private fire(fault: FaultSpec): void {
    const { world } = this.cluster
    const { targets, heals } = applyAction(fault, {
      cluster: this.cluster,
      rng: () => this.streamOf(fault),
      powerLost: (process, report) => this.listener.powerLost(process, report),
    })
    if (targets.length === 0) return
    this.fired.add(fault.id)
    const { verb } = fault.action
    world.trace.emit({ type: 'fault-applied', fault: fault.id, verb, targets, detail: fault.text }, 'world')
    if (heals.length === 0) return
    const each: InForce = {
      fault,
      heal: () => {
        for (const heal of heals.toReversed()) heal()
        this.lastHealUs = world.loop.nowUs
        world.trace.emit({ type: 'fault-healed', fault: fault.id, verb, targets }, 'world')
      },
    }
    this.inForce.add(each)
    if (fault.forUs !== undefined) world.at(world.loop.nowUs + fault.forUs, 'heal', () => this.heal(each))
  }

  private heal(each: InForce): void {
    if (this.inForce.delete(each)) each.heal()
  }

  private streamOf(fault: FaultSpec): Rng {
    let stream = this.streams.get(fault.id)
    if (stream === undefined) {
      stream = this.cluster.world.streams.stream(`fault/${fault.id}`)
      this.streams.set(fault.id, stream)
    }
    return stream
  }
}
