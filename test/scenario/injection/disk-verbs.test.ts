// Faults of disks in a whole cluster: what the broker does is what Kafka does.

import { describe, expect, it } from 'vitest'
import { loadScenario, simulate } from '../../../src/simulate.ts'

function run(fault: string, more = '') {
  const text = `
cluster: { brokers: 3, config: { broker.session.timeout.ms: 2000, broker.heartbeat.interval.ms: 400 } }
topics: { orders: { partitions: 1, replicas: [[1, 2, 3]], config: { min.insync.replicas: 2 } } }
producers: { web: { topic: orders, rate: 20/s } }
duration: 7s
faults: [${fault}]
expect: [no-acked-loss]
${more}`
  const events: string[] = []
  const result = simulate(text, {
    seed: 5,
    onTrace: ({ atUs, event }) => {
      const second = Math.floor(atUs / 1e6)
      if (event.type === 'log-dir-failed')
        events.push(`${second}s broker ${event.broker} ${event.dir}: ${event.reason}`)
      if (event.type === 'process-changed') events.push(`${second}s ${event.process} ${event.state} ${event.detail}`)
      if (event.type === 'broker-state-changed' && second > 0)
        events.push(`${second}s broker ${event.broker} ${event.state}`)
    },
  })
  return { ...result, events }
}

describe('an I/O error on the only log directory (R-9)', () => {
  it.each([
    ['disk-full: broker:1', 'No space left on device (write of data/orders-0/00000000000000000000.log)'],
    ['disk-error: { on: broker:1, op: write }', 'Input/output error (write of data/orders-0/00000000000000000000.log)'],
  ])('%s halts the broker; healed, it is started and catches up', (fault, reason) => {
    const { events, verdict } = run(`{ at: 2s, ${fault}, for: 3s }`)
    expect(events).toEqual([
      `2s broker 1 data: ${reason}`,
      '2s broker-1 halted Shutdown broker because all log dirs in data have failed',
      expect.stringMatching(/^3s broker 1 fenced$/),
      expect.stringMatching(/^[4-7]s broker 1 registered$/),
      expect.stringMatching(/^[4-7]s broker 1 unfenced$/),
    ])
    expect(verdict).toMatchObject({ outcome: 'pass', history: { lost: 0 } })
    expect(verdict.cluster.partitions[0]?.isr).toHaveLength(3)
  })

  it('a read that fails takes the directory offline as well; the nth one only', () => {
    const { events, verdict } = run('{ at: 2s, disk-error: { on: broker:1, op: read, nth: 3 }, for: 3s }')
    expect(events[0]).toMatch(/^2s broker 1 data: Input\/output error \(read of data\/orders-0\/0+\.log\)$/)
    expect(verdict).toMatchObject({ outcome: 'pass' })
  })

  it('a sync that fails in the background, of a checkpoint, does so, too', () => {
    const { events } = run('{ at: 2s, disk-error: { on: broker:2, op: sync }, for: 5s }')
    expect(events[0]).toMatch(/^\d+s broker 2 data: Input\/output error \(sync of data\/.*checkpoint\.tmp\)$/)
    expect(events[1]).toMatch(/^\d+s broker-2 halted Shutdown broker/)
  })

  it('a controller without its metadata log is nothing', () => {
    const { events } = run('{ at: 2s, disk-error: { on: controller, op: sync }, for: 1s }')
    expect(events[0]).toMatch(/^\d+s controller-3000 halted the metadata log failed: Input\/output error/)
  })

  it('a limit that is never reached makes the run vacuous, like any fault that never fires', () => {
    const { verdict } = run('{ at: 2s, disk-full: { on: broker:1, free: 1GB }, for: 3s }')
    expect(verdict).toMatchObject({ outcome: 'vacuous', notFired: ['disk-full broker:1'] })
  })
})

describe('bit rot', () => {
  it('hits the byte of a file, or the batch of an offset, that is named, and nobody is told but the verdict', () => {
    const { timeline, events, verdict } = run(`
      { at: 2s, corrupt: { on: broker:1, file: orders-0/partition.metadata, position: 3 } },
      { at: 3s, corrupt: { on: leader(orders-0), partition: orders-0, offset: 20 } },
      { at: 4s, corrupt: { on: broker:1, partition: orders-0, offset: 20000 } }`)
    const told = timeline.flatMap(({ text, subject }) => (text.includes('rots') ? [`${subject}: ${text}`] : []))
    expect(told).toEqual([
      'broker-1: broker-1: a bit of byte 3 of data/orders-0/partition.metadata rots',
      expect.stringMatching(/^orders-0: broker-1: .* in the batch of offsets 20–20$/),
    ])
    expect(events).toEqual([])
    // An offset that nobody has. And what the leader cannot hand out any more is lost, acknowledged as it was.
    expect(verdict).toMatchObject({ notFired: ['corrupt orders-0@20000 on broker:1'], history: { lost: 1 } })
  })
})

describe('a file about disks', () => {
  const codes = (fault: string): string[] => {
    const text = `
cluster: { brokers: 3 }
topics: { orders: { partitions: 2 } }
producers: { web: { topic: orders } }
duration: 7s
faults: [{ at: 2s, ${fault} }]`
    const loaded = loadScenario(text, { file: 'x.yaml' })
    return loaded.ok ? [] : loaded.findings.map(({ code, message }) => `${code} ${message}`)
  }

  it.each([
    ['kill: broker:1, torn-write: true', 'KS206 torn-write goes with power-loss only'],
    ['corrupt: { on: broker:1, offset: 3 }', 'KS206 offset goes with partition: of which log?'],
    ['corrupt: { on: broker:1, position: 3 }', 'KS206 position goes with file: of which file?'],
    ['corrupt: { on: broker:1, partition: orders-0, file: x }', 'KS206 corrupt takes partition or file, not both'],
    ['corrupt: { on: broker:1, file: ../x }', 'KS206 file is below the log directory'],
    ['corrupt: { on: broker:1, partition: orders-2 }', 'KS204 orders has no partition 2: it has 2, counted from 0'],
    [
      'slow-disk: producer(web)',
      'KS204 "producer(web)" has nothing on a disk: slow-disk takes brokers and controllers',
    ],
    [
      'corrupt: { on: producer(web) }',
      'KS204 "producer(web)" has nothing on a disk: corrupt takes brokers and controllers',
    ],
    ['corrupt: broker:1, for: 3s', 'KS206 corrupt takes no for: it is over at once'],
    [
      'power-loss: broker:1, lose: all-unflushed, torn-write: true',
      'KS206 torn-write tears what survives, and with lose: all-unflushed nothing does',
    ],
  ])('%s: %s', (fault, expected) => {
    expect(codes(fault)).toContain(expected)
  })
})
