// One life of a process, from boot to death: the Host it is given, and what the network and the disk know it by. All it
// does happens as events of its own Owner, which dies with it; nothing of it reaches the next life.

import type { Endpoint, Departure } from '../endpoint.ts'
import type { EventLoop } from '../event-loop.ts'
import type { Host, Micros, Random, TraceEvent } from '../host.ts'
import type { SimNetwork } from '../network/sim-network.ts'
import { Owner } from '../owner.ts'
import type { Rng } from '../random/rng.ts'
import type { Streams } from '../random/streams.ts'
import type { TraceBus } from '../trace.ts'
import { JobRunner } from './job-runner.ts'
import { HaltSignal, Life } from './life.ts'
import type { Machine } from './machine.ts'
import { ProcessClock } from './process-clock.ts'

/** What the world lends to all processes alike. */
export interface Surroundings<E extends TraceEvent> {
  readonly loop: EventLoop
  readonly streams: Streams
  readonly network: SimNetwork
  readonly trace: TraceBus<E>
  /** Owns what happens to processes, as against what they do. */
  readonly owner: Owner
}

export class Incarnation<E extends TraceEvent> implements Endpoint {
  readonly owner: Owner
  readonly hostName: string
  readonly host: Host<E>
  private readonly around: Surroundings<E>
  private readonly machine: Machine
  private readonly life: Life
  private readonly clock: ProcessClock
  private readonly jobs: JobRunner

  /** `onHalt` is called in an event of the world's, at the instant the process halts itself. */
  constructor(around: Surroundings<E>, machine: Machine, id: number, incarnation: number, onHalt: () => void) {
    this.owner = new Owner(id, machine.name)
    this.hostName = machine.name
    this.around = around
    this.machine = machine
    this.life = new Life(this.owner, incarnation)
    this.clock = new ProcessClock(around.loop, this.life, machine.clock)
    this.jobs = new JobRunner(around.loop, this.life, machine.cpu)
    this.host = {
      name: machine.name,
      incarnation,
      clock: this.clock,
      jobs: this.jobs,
      random: new IncarnationRandom(around.streams, this.life),
      network: around.network.attach(this),
      disk: machine.disk.attach(this),
      trace: around.trace.tracerFor(this.owner),
      halt: (reason) => this.halt(reason, onHalt),
    }
  }

  get haltReason(): string | undefined {
    return this.life.halted
  }

  localUs(): Micros {
    return this.jobs.localUs()
  }

  postpone(departure: Departure): boolean {
    return this.jobs.postpone(departure)
  }

  charge(us: Micros): void {
    this.jobs.occupy(us)
  }

  hold(): (() => void) | undefined {
    return this.jobs.hold()
  }

  /** Ends this life: no event of it runs from now on, the disk forgets its handles, and the network its sockets. */
  end(): void {
    if (this.life.alive) this.around.loop.kill(this.owner)
    this.clock.stop()
    this.machine.disk.detach(this)
    this.around.network.detach(this)
  }

  private halt(reason: string, onHalt: () => void): never {
    this.life.check('host')
    this.life.halt(reason)
    const { loop, owner } = this.around
    // Dead at once; what the rest of the world sees of it must wait until this process's own code is off the stack.
    loop.kill(this.owner)
    loop.schedule(loop.nowUs, owner, 'halt', this.owner.id, onHalt)
    throw new HaltSignal(`${this.life.label} halts: ${reason}`)
  }
}

class IncarnationRandom implements Random {
  private readonly streams: Streams
  private readonly life: Life

  constructor(streams: Streams, life: Life) {
    this.streams = streams
    this.life = life
  }

  /** Once per purpose and incarnation. */
  stream(purpose: string): Rng {
    this.life.check('random streams')
    return this.streams.stream(`${this.life.label}/${purpose}`)
  }
}
