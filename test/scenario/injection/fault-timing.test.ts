// When faults happen: triggers, chains, repetition, chance.

import { describe, expect, it } from 'vitest'
import { parseTrigger } from '../../../src/scenario/faults/trigger.ts'
import { simulate } from '../../../src/simulate.ts'

const MS = 1000

interface Line {
  readonly atMs: number
  readonly ordinal: number
  readonly what: string
}

/** What happened to partitions, brokers and faults. */
function story(faults: string, options: { seed?: number; more?: string } = {}) {
  const lines: Line[] = []
  const text = `
cluster: { brokers: 3 }
topics: { orders: { partitions: 1, replicas: [[1, 2, 3]] } }
producers: { web: { topic: orders, rate: 50/s } }
duration: 60s
faults: ${faults}
${options.more ?? ''}`
  const { verdict } = simulate(text, {
    seed: options.seed ?? 1,
    onTrace: ({ atUs, ordinal, event }) => {
      const note = (what: string) => lines.push({ atMs: atUs / MS, ordinal, what })
      if (event.type === 'fault-applied') note(`${event.fault}: ${event.targets.join(' ')}`)
      if (event.type === 'fault-healed') note(`${event.fault} healed`)
      if (event.type === 'partition-changed')
        note(`leader ${event.leader} isr ${event.isr.join('')} ${event.leaderEpoch}`)
      if (event.type === 'broker-state-changed') note(`${event.state} ${event.broker}`)
      if (event.type === 'log-appended' && event.as === 'leader') note(`appended ${event.lastOffset}`)
      if (event.type === 'produce-completed') note(`acked ${event.offset}`)
      if (event.type === 'high-watermark-changed' && event.as === 'leader') note(`committed ${event.to}`)
    },
  })
  const first = (start: string, from = 0) => lines.find(({ what, atMs }) => what.startsWith(start) && atMs >= from)
  const times = (start: string) => lines.filter(({ what }) => what.startsWith(start)).map(({ atMs }) => atMs)
  return { verdict, first, times }
}

describe('a fault that waits', () => {
  it.each([
    ['isr(orders-0) == [3, 1]', 'leader 1 isr 13 '],
    ['isr(orders-0) != [1,2,3]', 'leader 1 isr 13 '],
    ['size(isr(orders-0)) < 3', 'leader 1 isr 13 '],
    ['fenced(broker:2)', 'fenced 2'],
  ])('%s', (when, cause) => {
    const { first, verdict } = story(
      `[{ at: 10s, kill: "broker:2", for: 20s }, { when: "${when}", pause: "broker:3", for: 1s }]`,
    )
    expect(verdict.notFired).toEqual([])
    const event = first(cause)
    expect(event).toBeDefined()
    // In an event of its own, at once.
    expect(first('pause-1')).toMatchObject({ atMs: event?.atMs, what: 'pause-1: broker-3' })
    expect(first('pause-1')?.ordinal).toBeGreaterThan(event?.ordinal ?? Infinity)
  })

  it.each([
    ['leader(orders-0) == 2', 'leader 2'],
    ['leader(orders-0) != 1', 'leader 2'],
    ['epoch(orders-0) >= 1', 'leader 2'],
  ])('%s', (when, cause) => {
    const { first } = story(
      `[{ at: 10s, kill: "broker:1", for: 20s }, { when: "${when}", pause: "broker:3", for: 1s }]`,
    )
    expect(first('pause-1')?.atMs).toBe(first(cause)?.atMs)
  })

  it.each([
    ['appended', (n: number) => `appended ${n}`],
    ['acked', (n: number) => `acked ${n}`],
    ['committed', (n: number) => `committed ${n + 1}`],
  ])('for a record to be %s', (step, event) => {
    const { first } = story(`[{ when: "record orders-0@100 ${step}", pause: "broker:3", for: 1s }]`)
    expect(first(event(100))).toBeDefined()
    expect(first('pause-1')?.atMs).toBe(first(event(100))?.atMs)
  })

  it('for a leader to be gone', () => {
    const { first } = story(
      '[{ at: 10s, kill: all brokers, for: 20s }, { when: "leader(orders-0) == none", start: "broker:1" }]',
    )
    expect(first('start-1')?.atMs).toBe(first('leader -1')?.atMs)
  })

  it('not before `at`; a state that holds by then is enough, that a broker was fenced is not', () => {
    const { first, verdict } = story(`[
      { at: 10s, kill: "broker:2", for: 30s },
      { id: state, at: 30s, when: "isr(orders-0) == [1, 3]", pause: "broker:3", for: 1s },
      { id: record, at: 31s, when: "record orders-0@5 committed", pause: "broker:3", for: 1s },
      { id: chain, at: 32s, when: fired(kill-1), pause: "broker:3", for: 1s },
      { id: happening, at: 33s, when: fenced(broker:2), pause: "broker:3", for: 1s }]`)
    expect(['state', 'record', 'chain'].map((id) => first(id)?.atMs)).toEqual([30_000, 31_000, 32_000])
    expect(verdict).toMatchObject({ outcome: 'vacuous', notFired: ['pause broker:3 when fenced(broker:2)'] })
  })

  it('for others, in chains, and some time longer', () => {
    const { first } = story(`[
      { id: a, at: 10s, pause: "broker:2", for: 2s },
      { id: b, when: healed(a), after: 1500ms, pause: "broker:3", for: 1s },
      { id: c, when: fired(b), after: 200ms, pause: "broker:2", for: 1s }]`)
    expect([first('b:')?.atMs, first('c:')?.atMs]).toEqual([13_500, 13_700])
  })

  it('in vain until the duration is over, and not in the time to settle', () => {
    // The broker is started as the duration ends, and unfenced then.
    const { first, verdict } = story(
      '[{ at: 40s, kill: "broker:2" }, { at: 41s, when: unfenced(broker:2), kill: "broker:3" }]',
    )
    expect(first('unfenced 2', 41_000)).toBeDefined()
    expect(first('kill-2')).toBeUndefined()
    expect(verdict.notFired).toEqual(['kill broker:3 when unfenced(broker:2)'])
  })

  it('is refused when what it waits for cannot be read', () => {
    for (const text of [
      'isr(orders-0) == 1',
      'leader(orders-0) == two',
      'record orders-0 acked',
      'fenced(2)',
      'x',
      '',
    ]) {
      expect(parseTrigger(text), text).toBeUndefined()
    }
  })
})

describe('a fault that is repeated', () => {
  it('happens so many times, the first one counted, each healed', () => {
    const { times } = story('[{ at: 5s, repeat: every 10s x3, pause: "broker:2", for: 1s }]')
    expect(times('pause-1: broker-2')).toEqual([5000, 15_000, 25_000])
    expect(times('pause-1 healed')).toEqual([6000, 16_000, 26_000])
  })

  it('happens until the duration is over if it does not say how often, also from what it waited for', () => {
    const { times } = story(
      '[{ at: 7s, when: size(isr(orders-0)) == 3, repeat: every 20s, pause: one broker, for: 1s }]',
    )
    expect(times('pause-1: ')).toEqual([7000, 27_000, 47_000])
  })
})

describe('a fault that may happen', () => {
  const fault = '{ at: 1s, repeat: every 500ms x100, probability: 30%, pause: "broker:2", for: 10ms }'

  it('does so as often as it says, drawn from its own stream', () => {
    const { times, verdict } = story(`[${fault}]`)
    expect(times('pause-1:').length).toBeGreaterThan(18)
    expect(times('pause-1:').length).toBeLessThan(43)
    expect(verdict.outcome).toBe('pass')
    // Other faults change none of its draws.
    const other = story(`[{ at: 900ms, clock-jump: { on: "broker:3", by: 1ms } }, ${fault}]`)
    expect(other.times('pause-1:')).toEqual(times('pause-1:'))
  })

  it('makes no run vacuous', () => {
    const { verdict } = story('[{ at: 5s, probability: 0%, kill: "broker:2", for: 1s }]')
    expect(verdict).toMatchObject({ outcome: 'pass', notFired: [] })
  })
})
