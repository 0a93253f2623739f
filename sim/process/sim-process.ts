// A process on its machine, through all its lives: start, crash, power loss, pause. What survives a death is on the
// machine's disk; everything else belongs to one incarnation.

import { assert } from '../assert.ts'
import type { PowerLossReport } from '../disk/sim-disk.ts'
import type { Host, TraceEvent } from '../host.ts'
import { Incarnation, type Surroundings } from './incarnation.ts'
import { HaltSignal } from './life.ts'
import type { Machine } from './machine.ts'

export type ProcessState = 'new' | 'running' | 'paused' | 'dead'

export class SimProcess<E extends TraceEvent = TraceEvent> {
  readonly name: string
  readonly rack: string | undefined
  readonly machine: Machine
  private readonly id: number
  private readonly around: Surroundings<E>
  private readonly boot: (host: Host<E>) => void
  private readonly haltListeners: ((reason: string) => void)[] = []
  private readonly exitListeners: (() => void)[] = []
  private current: Incarnation<E> | undefined = undefined
  private lives = 0
  private pauses = 0
  /** What keeps the dead process down; a start forgets them all. */
  private readonly downHolds = new Set<symbol>()
  /** The last hold was let go while the process was still about to stop. */
  private startsAfterExit = false

  /** `id` is the process's number in trace and hash. */
  constructor(id: number, machine: Machine, around: Surroundings<E>, boot: (host: Host<E>) => void) {
    this.id = id
    this.name = machine.name
    this.rack = machine.rack
    this.machine = machine
    this.around = around
    this.boot = boot
  }

  get state(): ProcessState {
    if (this.current === undefined) return this.lives === 0 ? 'new' : 'dead'
    return this.current.owner.state
  }

  /** Number of the present or, if dead, the last life; 0 before the first. */
  get incarnation(): number {
    return this.lives
  }

  get alive(): boolean {
    return this.state === 'running' || this.state === 'paused'
  }

  /** Boots the next incarnation, switching the machine on if need be. Asserts that none is alive. */
  start(): void {
    assert(!this.alive, `${this.name} is started while it is ${this.state}`)
    if (this.current !== undefined) this.bury(this.current)
    // Who listens for its end may have started it.
    if (this.alive) return
    if (!this.machine.on) {
      this.around.network.powerOn(this.name)
      this.machine.switchOn()
    }
    this.downHolds.clear()
    this.startsAfterExit = false
    this.lives++
    const life: Incarnation<E> = new Incarnation(this.around, this.machine, this.id, this.lives, () => this.bury(life))
    this.current = life
    try {
      this.boot(life.host)
    } catch (error) {
      if (!(error instanceof HaltSignal)) throw error
    }
  }

  /**
   * Asks the process to stop, as by SIGTERM: it hears of it in an event of its own, and ends itself when it is done,
   * which may take its time; one that has no handler for it ends at once. Asking again changes nothing.
   */
  terminate(): void {
    assert(this.current !== undefined && this.alive, `${this.name} is asked to stop while it is ${this.state}`)
    this.current.askToStop()
  }

  /** It was asked to stop, and still lives. */
  get isTerminating(): boolean {
    return this.alive && this.current?.isTerminating === true
  }

  /** Dies at once, as by kill -9: the page cache stays, and the operating system closes its connections. */
  crash(): void {
    assert(this.alive, `${this.name} crashes while it is ${this.state}`)
    this.startsAfterExit = false
    this.endLife()
  }

  /**
   * The machine goes off without a word to anyone, whether its process was alive or not; `start` switches it on.
   * Asserts that it was on.
   */
  powerLoss(lose?: 'some' | 'all-unflushed', tears?: boolean): PowerLossReport {
    assert(this.machine.on, `${this.name} loses power while it is off`)
    if (this.current !== undefined && !this.alive) this.bury(this.current)
    // Off first: a machine without power closes no connections.
    this.around.network.powerOff(this.name)
    this.machine.switchOff()
    // Before the process dies by it: the disk would take that for a death that leaves the cache as it is.
    const report = this.machine.disks.powerLoss(lose, tears)
    this.startsAfterExit = false
    if (this.current !== undefined) this.endLife()
    return report
  }

  /**
   * Keeps a process that is dead, or about to stop, down until the function returned is called: when that has been done
   * for all holds, the last call starts it, or lets it start as soon as it has stopped. Does nothing any more once
   * somebody has started the process otherwise.
   */
  holdDown(): () => void {
    assert(!this.alive || this.isTerminating, `${this.name} is held down while it is ${this.state}`)
    const hold = Symbol('hold')
    this.downHolds.add(hold)
    return () => {
      if (!this.downHolds.delete(hold) || this.downHolds.size > 0) return
      if (this.alive) this.startsAfterExit = true
      else this.start()
    }
  }

  /** Something keeps it down. */
  get isHeldDown(): boolean {
    return this.downHolds.size > 0
  }

  /** Stops handling anything until resumed: a long garbage collection, a stopped virtual machine. Pauses nest. */
  pause(): void {
    const life = this.current
    assert(life !== undefined && this.alive, `${this.name} is paused while it is ${this.state}`)
    this.pauses++
    if (this.pauses === 1) this.around.loop.pause(life.owner)
  }

  /** Ends one pause; after the last, what has come due meanwhile is handled at once, in order. */
  resume(): void {
    const life = this.current
    assert(life !== undefined && this.pauses > 0, `${this.name} is resumed while it is ${this.state}`)
    this.pauses--
    if (this.pauses === 0) this.around.loop.resume(life.owner)
  }

  /** Calls `fn` whenever the process has halted itself, when it is dead and may be started again. */
  onHalt(fn: (reason: string) => void): void {
    this.haltListeners.push(fn)
  }

  /** Calls `fn` whenever the process has ended itself because it was done, as when it was asked to stop. */
  onExit(fn: () => void): void {
    this.exitListeners.push(fn)
  }

  private endLife(): void {
    this.current?.end()
    this.current = undefined
    this.pauses = 0
  }

  private bury(life: Incarnation<E>): void {
    if (this.current !== life) return
    const end = life.ownEnd
    assert(end !== undefined, `${this.name} is buried alive`)
    this.endLife()
    if (end.haltReason === undefined) for (const listener of this.exitListeners) listener()
    else for (const listener of this.haltListeners) listener(end.haltReason)
    if (this.startsAfterExit && this.downHolds.size === 0 && !this.alive) this.start()
  }
}
