// Restarts processes one after the other, as a deployment does: each is stopped (or killed), stays down for a while and
// is started, members of groups with new configs if the file says so; the next follows at its time, or once all replicas are
// in their ISRs again.

import { applyFault, type Heal } from '../../../sim/index.ts'
import type { RollingAction } from '../faults/fault-model.ts'
import { missingReplicas } from '../cluster/liveness.ts'
import type { SimulatedCluster } from '../cluster/simulated-cluster.ts'

/** How often ISRs are looked at. */
const LOOK_EVERY_US = 100_000

export interface RollingListener {
  down(process: string): void
  up(process: string): void
  /** All have had their turn. */
  done(): void
}

export class RollingRestart {
  private readonly action: RollingAction
  private readonly processes: readonly string[]
  private readonly cluster: SimulatedCluster
  private readonly listener: RollingListener
  private over = false
  /** Starts the one that is down. */
  private bringUp: Heal | undefined = undefined

  constructor(
    action: RollingAction,
    processes: readonly string[],
    cluster: SimulatedCluster,
    listener: RollingListener,
  ) {
    this.action = action
    this.processes = processes
    this.cluster = cluster
    this.listener = listener
  }

  /** The first goes down now. */
  begin(): void {
    this.restart(0)
  }

  /** Who is down comes up; the others are left alone. */
  end(): void {
    this.over = true
    this.bringUp?.()
  }

  private restart(index: number): void {
    if (this.over) return
    const process = this.processes[index]
    if (process === undefined) {
      this.over = true
      return this.listener.done()
    }
    const { world } = this.cluster
    const begunUs = world.loop.nowUs
    const heal = applyFault(world, this.action.how, { process })
    // Whoever is down already has nothing to restart.
    if (heal === undefined) return this.restart(index + 1)
    this.listener.down(process)
    const bringUp = (): void => {
      this.bringUp = undefined
      const { config } = this.action
      if (config !== undefined) this.cluster.reconfigure(process, config)
      heal()
      this.listener.up(process)
      if (!this.over) this.next(index, begunUs)
    }
    this.bringUp = bringUp
    world.at(begunUs + this.action.downUs, 'rolling-start', () => {
      if (this.bringUp === bringUp) bringUp()
    })
  }

  private next(index: number, begunUs: number): void {
    const { world } = this.cluster
    const { everyUs, waitForIsr } = this.action
    const atUs = Math.max(world.loop.nowUs, begunUs + (everyUs ?? 0))
    const look = (): void => {
      if (this.over) return
      const ready = !waitForIsr || missingReplicas(this.cluster).length === 0
      if (ready) this.restart(index + 1)
      else world.at(world.loop.nowUs + LOOK_EVERY_US, 'rolling-wait', look)
    }
    world.at(atUs, 'rolling-next', look)
  }
}
