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
import { HaltSignal, Life, type OwnEnd } from './life.ts'
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
  private readonly onEnd: () => void
  private terminate: (() => void) | undefined = undefined
  private asked = false

  /** `onEnd` is called in an event of the world's, at the instant the process ends itself. */
  constructor(around: Surroundings<E>, machine: Machine, id: number, incarnation: number, onEnd: () => void) {
    this.owner = new Owner(id, machine.name)
    this.hostName = machine.name
    this.around = around
    this.machine = machine
    this.onEnd = onEnd
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
      disk: machine.disks.attach(this),
      trace: around.trace.tracerFor(this.owner),
      halt: (reason) => this.endItself(reason),
      exit: () => this.endItself(undefined),
      onTerminate: (fn) => {
        this.life.check('termination handler')
        this.terminate = fn
      },
    }
  }

  /** How the process ended itself, if it did. */
  get ownEnd(): OwnEnd | undefined {
    return this.life.ownEnd
  }

  /** It has been asked to stop. */
  get isTerminating(): boolean {
    return this.asked
  }

  /** Asks it to stop, as an event of its own: a paused process hears of it when it goes on. Once. */
  askToStop(): void {
    if (this.asked) return
    this.asked = true
    const { loop } = this.around
    loop.schedule(loop.nowUs, this.owner, 'terminate', 0, () => {
      if (this.terminate === undefined) this.endItself(undefined)
      this.terminate()
    })
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
    this.machine.disks.detach(this)
    this.around.network.detach(this)
  }

  /** Without a reason it is done. */
  private endItself(haltReason: string | undefined): never {
    this.life.check('host')
    this.life.endItself(haltReason)
    const { loop, owner } = this.around
    // Dead at once; what the rest of the world sees of it must wait until this process's own code is off the stack.
    loop.kill(this.owner)
    loop.schedule(loop.nowUs, owner, haltReason === undefined ? 'exit' : 'halt', this.owner.id, this.onEnd)
    throw new HaltSignal(`${this.life.label} ${haltReason === undefined ? 'exits' : `halts: ${haltReason}`}`)
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
