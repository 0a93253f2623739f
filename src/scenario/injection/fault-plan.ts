// Carries out a scenario's faults: each at its time, or when what it waits for has come, as often as it says; healed
// when its time is over or at the end of the duration. Knows which of them took hold; one that never did makes the run
// vacuous.

import type { PowerLossReport, Rng } from '../../../sim/index.ts'
import type { AdminClient } from '../../client/admin.ts'
import { applyAction } from './apply-fault.ts'
import { askAdmin, subjectsOf } from './ask-admin.ts'
import type { AdminAction, FaultSpec, RollingAction } from '../faults/fault-model.ts'
import type { Scenario } from '../model.ts'
import { resolveTargets } from './resolve-target.ts'
import { RollingRestart } from './rolling-restart.ts'
import type { SimulatedCluster } from '../cluster/simulated-cluster.ts'
import { TriggerWatch } from './trigger-watch.ts'

export interface FaultListener {
  /** The machine of this process lost unsynced data. */
  powerLost(process: string, report: PowerLossReport): void
  /** Has the administrator do something, in an event of its own; false if it is not there. */
  askAdmin(fn: (admin: AdminClient) => void): boolean
}

/** One time that a fault happened, as long as it lasts. */
interface InForce {
  readonly fault: FaultSpec
  heal(): void
}

const WAITING: readonly string[] = ['disk-full', 'disk-error']

/** As much of a fault as its events tell. */
interface Noted {
  readonly id: string
  readonly text: string
  readonly action: { readonly verb: string }
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
    const { action } = fault
    if (action.verb === 'rolling-restart') return this.roll(fault, action)
    if ('partitions' in action || 'topic' in action) return this.askAdmin(fault, action)
    const { world } = this.cluster
    const losses: (() => void)[] = []
    const { targets, heals } = applyAction(fault, action, {
      cluster: this.cluster,
      rng: () => this.streamOf(fault),
      powerLost: (process, report) => losses.push(() => this.listener.powerLost(process, report)),
      hit: () => this.fired.add(fault.id),
      tell: (fn) => losses.push(fn),
    })
    if (targets.length === 0) return
    this.noteApplied(fault, targets)
    // What it did is told after it.
    for (const tell of losses) tell()
    if (heals.length === 0) return
    const each: InForce = {
      fault,
      heal: () => {
        for (const heal of heals.toReversed()) heal()
        this.noteHealed(fault, targets)
      },
    }
    this.inForce.add(each)
    if (fault.forUs !== undefined) world.at(world.loop.nowUs + fault.forUs, 'heal', () => this.heal(each))
  }

  /** Told as a whole, and each process by itself. */
  private roll(fault: FaultSpec, action: RollingAction): void {
    const named = resolveTargets(action.targets, this.cluster, () => this.streamOf(fault))
    const processes = named.filter((process) => this.cluster.world.process(process).alive)
    if (processes.length === 0) return
    this.noteApplied(fault, processes)
    const one = (process: string) => ({
      ...fault,
      id: `${fault.id}/${process}`,
      action: { ...action, verb: action.how },
    })
    const rolling = new RollingRestart(action, processes, this.cluster, {
      down: (process) => this.noteApplied({ ...one(process), text: `${action.how} ${process}` }, [process]),
      up: (process) => this.noteHealed(one(process), [process]),
      done: () => this.heal(each),
    })
    const each: InForce = {
      fault,
      heal: () => {
        rolling.end()
        this.noteHealed(fault, processes)
      },
    }
    this.inForce.add(each)
    rolling.begin()
  }

  private askAdmin(fault: FaultSpec, action: AdminAction): void {
    const { world, metadata } = this.cluster
    const all = [...(metadata?.topics.values() ?? [])].flatMap(({ name, partitions }) =>
      partitions.map(({ index }) => ({ topic: name, partition: index })),
    )
    const asked = this.listener.askAdmin((admin) =>
      askAdmin(admin, action, all, (subject, error, lowWatermark) => {
        const { verb } = action
        world.trace.emit({ type: 'admin-answered', fault: fault.id, verb, subject, error, lowWatermark }, 'world')
      }),
    )
    if (asked) this.noteApplied(fault, subjectsOf(action))
  }

  private noteApplied({ id, action, text }: Noted, targets: readonly string[]): void {
    // One that waits for frames, or for what a disk is asked, has not taken hold before it has found one.
    if (!('direction' in action) && !WAITING.includes(action.verb)) this.fired.add(id)
    const { world } = this.cluster
    world.trace.emit({ type: 'fault-applied', fault: id, verb: action.verb, targets, detail: text }, 'world')
  }

  private noteHealed({ id, action }: Noted, targets: readonly string[]): void {
    const { world } = this.cluster
    this.lastHealUs = world.loop.nowUs
    world.trace.emit({ type: 'fault-healed', fault: id, verb: action.verb, targets }, 'world')
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
