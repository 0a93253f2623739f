// what a checkpoint says of a log is so when it is written, after a cut and when the log is found again.

import { describe, expect, it } from 'vitest'
import { INVARIANTS, InvariantChecker, Recheck } from '../../src/invariants/index.ts'
import { LogDirectory } from '../../src/log/log-directory.ts'
import type { CheckpointFile } from '../../src/trace/log-event.ts'
import { replace } from '../support/replace.ts'
import { KEY, type MiniCluster, settled } from './mini-cluster.ts'

const ID = 'checkpoints-not-ahead'
const LOG = { segmentBytes: 600, compacted: true }

/** Ten records everywhere; those of broker 2 are synced, and its recovery point is written as it is cut to here. */
function synced(cutTo = 9, cluster = settled({ log: LOG })): MiniCluster {
  for (let i = 0; i < 10; i++) cluster.produce(1)
  cluster.sync(2, 3)
  cluster.step(() => cluster.at(2).log.flush())
  cluster.step(() => cluster.at(2).truncateTo(cutTo))
  cluster.sync(2)
  return cluster
}

function written(cluster: MiniCluster, file: CheckpointFile, offset: number): void {
  const entries = [{ topic: 'orders', partition: 0, offset }]
  cluster.step(() => cluster.emit({ type: 'checkpoint-written', broker: 2, dir: 'data', file, entries }))
}

function recovered(cluster: MiniCluster, logEndOffset: number): void {
  const event = { type: 'log-recovered', broker: 2, partition: KEY, clean: false, logEndOffset } as const
  cluster.step(() => cluster.emit({ ...event, highWatermark: 0 }))
}

/** Ten records everywhere; the log of broker 2 starts at 8, within its active segment, and counts as clean up to there. */
function startsInActiveSegment(): MiniCluster {
  const cluster = settled({ log: LOG })
  for (let i = 0; i < 10; i++) cluster.produce(1)
  cluster.sync(2, 3)
  cluster.sync(2, 3)
  const { log } = cluster.at(2)
  cluster.step(() => void log.maybeIncrementLogStartOffset(8))
  expect([log.segments.active.baseOffset, log.logStartOffset, log.logEndOffset]).toEqual([7, 8, 10])
  written(cluster, 'cleaner-offset-checkpoint', 8)
  return cluster
}

const BREAKS: Readonly<Record<string, readonly [break_: (cluster: MiniCluster) => void, message: string]>> = {
  'a recovery point that is ahead of what is synced': [
    (cluster) => written(cluster, 'recovery-point-offset-checkpoint', 10),
    'broker 2 has written 10 to recovery-point-offset-checkpoint, and its log says 9',
  ],
  'a high watermark that nobody had': [
    (cluster) => written(cluster, 'replication-offset-checkpoint', 11),
    'broker 2 has written 11 to replication-offset-checkpoint, and its log says 10',
  ],
  'a log start where the log does not start': [
    (cluster) => written(cluster, 'log-start-offset-checkpoint', 1),
    'broker 2 has written 1 to log-start-offset-checkpoint, and its log says 0',
  ],
  'an active segment that counts as clean': [
    (cluster) => written(cluster, 'cleaner-offset-checkpoint', 10),
    'broker 2 has written 10 to cleaner-offset-checkpoint, and its log says 7',
  ],
  'a truncation that leaves the recovery point': [
    (cluster) => {
      replace(LogDirectory.prototype, 'checkpointRecoveryPoints', () => {})
      cluster.step(() => cluster.at(2).truncateTo(8))
    },
    'broker 2 has cut its log to 8, and left its recovery point at 9',
  ],
  'a truncation that leaves the cleaner checkpoint': [
    (cluster) => {
      written(cluster, 'cleaner-offset-checkpoint', 7)
      cluster.step(() => cluster.at(2).truncateTo(5))
    },
    'broker 2 has cut its log in segment 0, and left its cleaner checkpoint at 7',
  ],
  'a log that is found without what its recovery point says is synced': [
    (cluster) => {
      cluster.crash(2)
      recovered(cluster, 8)
    },
    'broker 2 has found its log to end at 8, and its recovery point says that 9 is synced',
  ],
  'an epoch that begins beyond the log': [
    (cluster) => {
      cluster.step(() => void cluster.at(2).log.epochs.assign(9, 100))
      cluster.elect(3, [1, 2, 3])
      cluster.learn(2)
    },
    'broker 2 has epoch 9 begin at 100, and its log ends at 10',
  ],
}

describe('R-20 checkpoints-not-ahead', () => {
  it('holds while logs are cut, synced and found again', () => {
    const cluster = synced()
    for (const [file, offset] of [
      ['recovery-point-offset-checkpoint', 9],
      ['replication-offset-checkpoint', 10],
      ['log-start-offset-checkpoint', 0],
      ['cleaner-offset-checkpoint', 7],
    ] as const)
      written(cluster, file, offset)
    cluster.crash(2)
    recovered(cluster, 9)
    expect(cluster.found).not.toContain(ID)
  })

  it('lets a log count as clean up to where it starts, also within its active segment (R-31)', () => {
    const cluster = startsInActiveSegment()
    cluster.step(() => cluster.at(2).truncateTo(9))
    expect(cluster.found).not.toContain(ID)
    written(cluster, 'cleaner-offset-checkpoint', 9)
    expect(cluster.found).toContain(ID)
  })

  it('lets Kafka leave that checkpoint where it is after a cut within the active segment, and after no other', () => {
    const within = startsInActiveSegment()
    within.step(() => within.at(2).truncateTo(7))
    expect(within.at(2).log.logStartOffset).toBe(7)
    expect(within.found).not.toContain(ID)

    const rolled = startsInActiveSegment()
    for (let i = 0; i < 7; i++) rolled.produce(1)
    rolled.sync(2, 3)
    expect(rolled.at(2).log.segments.active.baseOffset).toBeGreaterThan(8)
    replace(LogDirectory.prototype, 'checkpointRecoveryPoints', () => {})
    rolled.step(() => rolled.at(2).truncateTo(7))
    const found = rolled.checker.violations.filter(({ invariant }) => invariant === ID)
    expect(found.map(({ message }) => message)).toContain(
      'broker 2 has cut its log in segment 7, and left its cleaner checkpoint at 8',
    )
  })

  it.each(Object.entries(BREAKS))('finds %s', (_, [breakIt, message]) => {
    const cluster = synced()
    expect(cluster.found).not.toContain(ID)
    breakIt(cluster)
    const found = cluster.checker.violations.filter(({ invariant }) => invariant === ID)
    expect(found.map((violation) => violation.message)).toEqual([message])
  })

  it('is found by who looks at the files again, too', () => {
    const cluster = settled({ log: LOG })
    const others = INVARIANTS.filter(({ id }) => id !== ID)
    const checker = new InvariantChecker(others, cluster.view, cluster.loop, cluster.bus)
    new Recheck(cluster.view, cluster.loop, cluster.bus, () => checker.violations, 'every', 1)
    synced(9, cluster)
    replace(LogDirectory.prototype, 'checkpointRecoveryPoints', () => {})
    expect(() => cluster.step(() => cluster.at(2).truncateTo(8))).toThrow(
      `${ID} is violated on ${KEY}, and only the re-check found it`,
    )
  })

  it('does not ask for what a power loss took back to an older file', () => {
    const cluster = synced()
    cluster.checker.checkpointsUndone(2)
    cluster.crash(2)
    recovered(cluster, 8)
    expect(cluster.found).not.toContain(ID)
  })

  it('is excused on a disk that lies about syncs (C6)', () => {
    const cluster = synced()
    const fault = { type: 'fault-applied', fault: 'f', verb: 'lying-sync', targets: ['broker-2'], detail: '' } as const
    cluster.step(() => cluster.emit(fault))
    cluster.crash(2)
    recovered(cluster, 8)
    const [violation] = cluster.checker.violations.filter(({ invariant }) => invariant === ID)
    expect(violation?.excused).toMatch(/^C6: the disk of broker 2 lied about syncs/)
  })
})
