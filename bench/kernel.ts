// The kernel alone: timers only, and two hosts that send one frame to and fro. How fast is an event that does nothing?

import { EventLoop } from '../sim/event-loop.ts'
import { Owner } from '../sim/owner.ts'
import { TraceBus } from '../sim/trace.ts'
import { World, type Connection, type Frame, type Host } from '../sim/index.ts'
import { comparePairs, measure, perSecond, row } from './measure.ts'

const TIMER_EVENTS = 1_000_000
const PING_PONGS = 200_000
const PENDING = 200

/** Queue, dispatch and hash, 200 events pending, as in the kernel row of the limit loops. */
function timersOnly(trace: boolean): void {
  const loop = new EventLoop()
  const owners = Array.from({ length: 8 }, (_, i) => new Owner(i, `node-${i}`))
  const tracer = trace ? new TraceBus(loop).tracerFor(owners[0] as Owner) : undefined
  let state = 12345
  for (let i = 0; i < PENDING; i++) {
    const owner = owners[i % owners.length] as Owner
    const fire = () => {
      state = (Math.imul(state, 1664525) + 1013904223) >>> 0
      if (tracer !== undefined && tracer.wants('fired')) tracer.emit({ type: 'fired' })
      loop.schedule(loop.nowUs + 1 + (state % 5000), owner, 'timer', i, fire)
    }
    fire()
  }
  loop.run(Number.MAX_SAFE_INTEGER, TIMER_EVENTS)
}

function pingPong(): void {
  const world = new World({ seed: 1 })
  let left = PING_PONGS
  const frame: Frame = { kind: 'ping', sizeBytes: 100, digest: 1, body: null }
  const answer = (connection: Connection) => ({
    onFrame() {
      if (left-- > 0) connection.send(frame)
    },
    onClose() {},
  })
  world.addProcess('a', {
    boot: (host: Host) => {
      host.network.listen(1, (connection) => connection.handle(answer(connection)))
    },
  })
  world.addProcess('b', {
    boot: (host: Host) => {
      const connection: Connection = host.network.connect('a', 1, 1000, {
        onOpen: () => connection.send(frame),
        onFrame: () => {
          if (left-- > 0) connection.send(frame)
        },
        onClose() {},
      })
    },
  })
  for (const process of world.processes) process.start()
  world.run(Number.MAX_SAFE_INTEGER)
}

export function benchKernel(): { timersPerSecond: number } {
  const timers = comparePairs(
    15,
    () => timersOnly(false),
    () => timersOnly(true),
  )
  const pings = measure(5, pingPong)
  row('kernel: timers only, 200 pending, hash', perSecond(TIMER_EVENTS, timers.aNs))
  const cost = `${((timers.ratio - 1) * 100).toFixed(1)} % more time; aim: under 2 %`
  row('kernel: the same, asking a trace nobody listens to', perSecond(TIMER_EVENTS, timers.bNs), cost)
  row('kernel: ping-pong of two hosts', perSecond(PING_PONGS, pings.medianNs), `±${pings.spreadPercent}%`)
  return { timersPerSecond: TIMER_EVENTS / (timers.aNs / 1e9) }
}
