// A reader that is where the log ends, of records that are not on that log any more, has not caught up: as soon as it hears
// of the new leader it goes back (KIP-320).

import { describe, expect, it } from 'vitest'
import { AssignedPartition, type LeaderLog } from '../../src/client/assigned-partition.ts'
import { caughtUpConsumers } from '../../src/scenario/cluster/liveness.ts'
import { loadScenario, runScenario } from '../../src/simulate.ts'

describe('a position, and a leader that the reader may not have heard of', () => {
  function partition(read: { next: number; epoch: number }, checkedAgainst: number, validates = true) {
    const assigned = new AssignedPartition('t', 0, validates)
    assigned.startAt(0, -1)
    assigned.advance(read.next, read.epoch)
    assigned.validated(checkedAgainst)
    return assigned
  }
  const leader = (leaderEpoch: number, epoch: number, endOffset: number): LeaderLog => ({
    leaderEpoch,
    log: { endOffsetFor: () => ({ epoch, endOffset }) },
  })

  it.each([
    ['the records before it are on the log', 1, leader(2, 1, 10), false],
    ['the log of their epoch ends before it', 1, leader(2, 1, 9), true],
    ['their epoch is not on the log', 1, leader(2, 0, 10), true],
    ['it has heard of the leader', 2, leader(2, 1, 9), false],
  ] as const)('%s', (_, checked, of, isOff) => {
    expect(partition({ next: 10, epoch: 1 }, checked).isOffLogOf(of)).toBe(isOff)
  })

  it('of a reader that never asks nothing is expected (RB-41), nor of one that does not know its epoch', () => {
    expect(partition({ next: 10, epoch: 1 }, 1, false).isOffLogOf(leader(2, 1, 9))).toBe(false)
    expect(partition({ next: 10, epoch: -1 }, 1).isOffLogOf(leader(2, 1, 9))).toBe(false)
  })
})

/** Broker 2 is elected uncleanly, while the reader is cut off; then as much is written as the reader has read. */
const text = (again: number) => `
kafka: "4.0"
duration: 30s
settle: 5s
cluster: { brokers: 2, config: { broker.session.timeout.ms: 3000, broker.heartbeat.interval.ms: 500 } }
topics: { t: { replicas: [[1, 2]], config: { min.insync.replicas: 1, unclean.leader.election.enable: true } } }
producers:
  p: { topic: t, rate: 100/s, total: 200, config: { acks: 1, enable.idempotence: false, linger.ms: 0 } }
  q: { topic: t, rate: 100/s, total: ${again}, start: 15s, config: { acks: 1, enable.idempotence: false, linger.ms: 0 } }
consumers: { r: { topics: [t], config: { auto.offset.reset: earliest } } }
faults:
  - { at: 1s, kill: "broker:2", for: 9s }
  - { at: 9s, isolate: "consumer(r)", for: 11s }
  - { at: 9500ms, kill: "broker:1", forever: true }
allow: [stuck: broker 1 does not come back]
expect: [{ finds: no-acked-loss }]
`

interface Look {
  readonly atS: number
  readonly position: number
  readonly end: number
  readonly caughtUp: boolean
}

function looksAt(again: number): Look[] {
  const loaded = loadScenario(text(again), { file: 'x.yaml' })
  if (!loaded.ok) throw new Error(JSON.stringify(loaded.findings))
  const looks: Look[] = []
  let cluster: Parameters<typeof caughtUpConsumers>[0] | undefined
  runScenario(loaded.scenario, {
    seed: 1,
    recheck: 'off',
    watch: (world) => {
      cluster = world
    },
    onProgress: (nowUs) => {
      if (cluster === undefined) return
      const position = cluster.liveConsumers().get('r[0]')?.positions().get('t-0') ?? -1
      const end = cluster.currentLeader('t', 0)?.log.highWatermark ?? -1
      const caughtUp = caughtUpConsumers(cluster).includes('r[0]')
      looks.push({ atS: nowUs / 1e6, position, end, caughtUp })
    },
  })
  return looks
}

it('who has read as much as there is, but not what there is, has not caught up', () => {
  const kept = looksAt(1).find(({ atS }) => atS === 14)?.end ?? 0
  expect(kept).toBeGreaterThan(10)
  const looks = looksAt(200 - kept)
  // Cut off, with as many records behind it as the log of the new leader has.
  expect(
    looks.filter(({ atS, position, end }) => atS >= 18 && atS < 20 && position === 200 && end === 200),
  ).not.toEqual([])
  for (const { atS, position, end, caughtUp } of looks) {
    if (atS >= 18 && atS < 20 && position === 200 && end === 200) expect(caughtUp).toBe(false)
  }
  expect(looks.at(-1)).toMatchObject({ position: 200, end: 200, caughtUp: true })
})
