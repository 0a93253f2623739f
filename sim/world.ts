// A deterministic world: processes on machines, a network between them, one event loop. What happens in it is a pure
// function of its options, of the code its processes boot, and of what is done to it between and during events.

import { assert } from './assert.ts'
import type { DiskSettings } from './disk/settings.ts'
import { SimDisk } from './disk/sim-disk.ts'
import { type EventId, EventLoop, type RunResult } from './event-loop.ts'
import type { Host, Kind, Micros, TraceEvent } from './host.ts'
import type { NetworkSettings } from './network/settings.ts'
import { SimNetwork } from './network/sim-network.ts'
import { Owner } from './owner.ts'
import type { Surroundings } from './process/incarnation.ts'
import { HaltSignal } from './process/life.ts'
import { Machine } from './process/machine.ts'
import { SimProcess } from './process/sim-process.ts'
import { Streams } from './random/streams.ts'
import { TraceBus } from './trace.ts'

export interface WorldOptions {
  /** An integer in [0, 2^53). */
  readonly seed: number
  /** In which order events of the same microsecond run: as scheduled (the default), or in a random order. */
  readonly order?: 'fifo' | 'shuffle'
  readonly network?: Partial<NetworkSettings>
  readonly disk?: Partial<DiskSettings>
  /** What wall clocks without offset show at the start, in ms since 1970. */
  readonly wallStartMs?: number
}

export interface ProcessOptions<E extends TraceEvent = TraceEvent> {
  /** Processes of one rack are near each other. */
  readonly rack?: string
  /** Paths that are disks of their own. */
  readonly mounts?: readonly string[]
  /** The process's main function: called at each start, with that incarnation's host. */
  readonly boot: (host: Host<E>) => void
}

/** 2024-10-25T00:00:00Z. */
const WALL_START_MS = 1_729_814_400_000

export class World<E extends TraceEvent = TraceEvent> {
  readonly loop: EventLoop
  readonly streams: Streams
  readonly network: SimNetwork
  readonly trace: TraceBus<E>
  /** Owns what happens to the world from outside, such as faults. */
  readonly owner: Owner
  private readonly options: WorldOptions
  private readonly around: Surroundings<E>
  private readonly byName = new Map<string, SimProcess<E>>()

  constructor(options: WorldOptions) {
    assert(Number.isSafeInteger(options.seed) && options.seed >= 0, `a world with seed ${options.seed}`)
    const order = options.order ?? 'fifo'
    this.options = options
    this.streams = new Streams(options.seed)
    this.loop = new EventLoop(order === 'shuffle' ? { order, shuffleRng: this.streams.stream('order') } : { order })
    this.owner = new Owner(0, 'world')
    this.network = new SimNetwork(this.loop, this.streams, this.owner, options.network)
    this.trace = new TraceBus<E>(this.loop)
    const { loop, streams, network, trace, owner } = this
    this.around = { loop, streams, network, trace, owner }
  }

  /** In order of their addition. */
  get processes(): readonly SimProcess<E>[] {
    return [...this.byName.values()]
  }

  /** Adds a machine, switched on, and its process, not yet started. Names are unique. */
  addProcess(name: string, options: ProcessOptions<E>): SimProcess<E> {
    assert(!this.byName.has(name), `the world has two processes '${name}'`)
    const { loop, streams, around } = this
    const newDisk = (id: string) => new SimDisk(id, loop, streams.stream(`disk/${id}`), this.options.disk)
    const disk = newDisk(name)
    const mounts = (options.mounts ?? []).map((path) => ({ path, disk: newDisk(`${name}/${path}`) }))
    const wallStartMs = this.options.wallStartMs ?? WALL_START_MS
    const machine = new Machine(name, options.rack, disk, loop, wallStartMs, mounts)
    this.network.addHost(name, options.rack)
    const process = new SimProcess<E>(this.byName.size + 1, machine, around, options.boot)
    this.byName.set(name, process)
    return process
  }

  /** Asserts that there is one of this name. */
  process(name: string): SimProcess<E> {
    const process = this.byName.get(name)
    assert(process !== undefined, `the world has no process '${name}'`)
    return process
  }

  /** Runs `fn` at `atUs` (now or later) as an event of the world's, not of any process; the id cancels it. */
  at(atUs: Micros, kind: Kind, fn: () => void): EventId {
    return this.loop.schedule(atUs, this.owner, kind, 0, fn)
  }

  /**
   * Runs all events up to and at `untilUs`, at most `maxEvents` of them. A process that halts itself ends there; any
   * other error thrown by an event comes out, and leaves a world that must not be run on.
   */
  run(untilUs: Micros, maxEvents: number = Infinity): RunResult {
    const stopAt = this.loop.executed + maxEvents
    for (;;) {
      try {
        return this.loop.run(untilUs, stopAt - this.loop.executed)
      } catch (error) {
        if (!(error instanceof HaltSignal)) throw error
      }
    }
  }
}
