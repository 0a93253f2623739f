import { describe, expect, it } from 'vitest'
import { EventLoop } from '../../sim/event-loop.ts'
import { Owner } from '../../sim/owner.ts'
import { TraceBus } from '../../sim/trace.ts'

type Event = { readonly type: 'up'; readonly n: number } | { readonly type: 'down' }

function setUp() {
  const loop = new EventLoop()
  const bus = new TraceBus<Event>(loop)
  const owner = new Owner(1, 'broker-1')
  return { loop, bus, owner, tracer: bus.tracerFor(owner), seen: [] as string[] }
}

describe('the trace', () => {
  it('wants only what someone listens to', () => {
    const { bus, tracer } = setUp()
    expect(tracer.wants('up')).toBe(false)
    const stop = bus.subscribe(['up'], () => undefined)
    expect([tracer.wants('up'), tracer.wants('down')]).toEqual([true, false])
    const stopAll = bus.subscribe('all', () => undefined)
    expect(tracer.wants('down')).toBe(true)
    stop()
    expect([tracer.wants('up'), tracer.wants('down')]).toEqual([true, true])
    stopAll()
    expect([tracer.wants('up'), tracer.wants('down')]).toEqual([false, false])
  })

  it('calls those who listen to the type, in the order they subscribed', () => {
    const { bus, tracer, seen } = setUp()
    bus.subscribe('all', (event) => seen.push(`first ${event.type}`))
    bus.subscribe(['down'], (event) => seen.push(`second ${event.type}`))
    bus.subscribe(['up', 'down'], (event) => seen.push(`third ${event.type}`))
    tracer.emit({ type: 'up', n: 1 })
    tracer.emit({ type: 'down' })
    expect(seen).toEqual(['first up', 'third up', 'first down', 'second down', 'third down'])
  })

  it('says when, where and in which executed event', () => {
    const { loop, bus, owner, tracer } = setUp()
    const contexts: unknown[] = []
    bus.subscribe('all', (_event, context) => contexts.push(context))
    loop.schedule(3, owner, 'quiet', 0, () => undefined)
    loop.schedule(7, owner, 'loud', 0, () => tracer.emit({ type: 'down' }))
    loop.run(10)
    expect(contexts).toEqual([{ atUs: 7, node: 'broker-1', ordinal: 2 }])
  })

  it('lets a listener leave while it is called, without skipping the others', () => {
    const { bus, tracer, seen } = setUp()
    const stop = bus.subscribe(['down'], () => {
      seen.push('once')
      stop()
      stop()
    })
    bus.subscribe(['down'], () => seen.push('always'))
    tracer.emit({ type: 'down' })
    tracer.emit({ type: 'down' })
    expect(seen).toEqual(['once', 'always', 'always'])
  })

  it('keeps two subscriptions of one listener apart', () => {
    const { bus, tracer, seen } = setUp()
    const listener = (): unknown => seen.push('called')
    const stop = bus.subscribe(['down'], listener)
    bus.subscribe(['down'], listener)
    stop()
    tracer.emit({ type: 'down' })
    expect(seen).toEqual(['called'])
  })
})
