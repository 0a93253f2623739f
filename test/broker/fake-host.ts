// A host for tests of one broker's parts: time stands still until it is moved, jobs run at once (one submitted inside a
// job after it), the disk is memory, and what is traced is kept. There is no network.

import type { Clock, Jobs, Network, Pool, Random, Timer } from '../../sim/host.ts'
import type { KafkaEvent, KafkaHost, KafkaTracer } from '../../src/trace/kafka-event.ts'
import { MemoryDisk } from '../log/memory-disk.ts'

export const WALL_START_MS = 1_700_000_000_000

export class FakeHost implements KafkaHost {
  readonly name = 'broker-1'
  readonly incarnation = 1
  readonly disk = new MemoryDisk()
  readonly clock = new FakeClock()
  readonly jobs = new FakeJobs()
  readonly traced: KafkaEvent[] = []
  readonly trace: KafkaTracer = {
    wants: () => true,
    emit: (event) => void this.traced.push(event),
  }
  readonly random: Random = { stream: () => absent('randomness') }
  readonly network: Network = { listen: () => absent('a network'), connect: () => absent('a network') }

  halt(reason: string): never {
    throw new Error(`halted: ${reason}`)
  }

  exit(): never {
    throw new Error('exited')
  }

  onTerminate(): void {}

  /** The events of one type, in order. */
  events<T extends KafkaEvent['type']>(type: T): Extract<KafkaEvent, { type: T }>[] {
    return this.traced.filter((event): event is Extract<KafkaEvent, { type: T }> => event.type === type)
  }
}

interface Alarm {
  atMs: number
  readonly order: number
  readonly fn: () => void
  readonly periodMs: number | undefined
}

export class FakeClock implements Clock {
  private nowMs = 0
  private jumpedMs = 0
  private armed: Alarm[] = []
  private nextOrder = 0

  wallMs(): number {
    return WALL_START_MS + this.nowMs + this.jumpedMs
  }

  monotonicMs(): number {
    return this.nowMs
  }

  at(deadlineMs: number, _kind: string, fn: () => void): Timer {
    return this.arm(Math.max(deadlineMs, this.nowMs), fn, undefined)
  }

  after(delayMs: number, _kind: string, fn: () => void): Timer {
    return this.arm(this.nowMs + delayMs, fn, undefined)
  }

  every(periodMs: number, _kind: string, fn: () => void): Timer {
    return this.arm(this.nowMs + periodMs, fn, periodMs)
  }

  /** Timers that are armed. */
  get pending(): number {
    return this.armed.length
  }

  /** Moves wall time only. */
  jump(ms: number): void {
    this.jumpedMs += ms
  }

  /** Moves time, firing what falls due on the way. */
  advance(ms: number): void {
    const untilMs = this.nowMs + ms
    for (;;) {
      const due = this.armed
        .filter((alarm) => alarm.atMs <= untilMs)
        .toSorted((a, b) => a.atMs - b.atMs || a.order - b.order)[0]
      if (due === undefined) break
      this.nowMs = due.atMs
      if (due.periodMs === undefined) this.armed = this.armed.filter((alarm) => alarm !== due)
      else due.atMs += due.periodMs
      due.fn()
    }
    this.nowMs = untilMs
  }

  private arm(atMs: number, fn: () => void, periodMs: number | undefined): Timer {
    const alarm = { atMs, order: this.nextOrder++, fn, periodMs }
    this.armed.push(alarm)
    return { cancel: () => void (this.armed = this.armed.filter((other) => other !== alarm)) }
  }
}

class FakeJobs implements Jobs {
  chargedUs = 0
  private running = false
  private readonly queue: (() => void)[] = []

  pool(): Pool {
    return { run: (_kind, fn) => this.run(fn), queued: 0 }
  }

  charge(us: number): void {
    this.chargedUs += us
  }

  private run(fn: () => void): void {
    this.queue.push(fn)
    if (this.running) return
    this.running = true
    for (let next = this.queue.shift(); next !== undefined; next = this.queue.shift()) next()
    this.running = false
  }
}

function absent(what: string): never {
  throw new Error(`this test has no ${what}`)
}
