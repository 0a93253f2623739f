// What the invariants that compare logs find: RI-2, RI-5 … RI-8, RI-16 and RI-24, each kept and each broken. Where more
// than one is violated, the set is pinned: one break has several faces.

import { describe, expect, it } from 'vitest'
import { Lineage, LineagePosition } from '../../src/invariants/lineage.ts'
import { sequenced } from '../log/fixtures.ts'
import { type MiniCluster, settled } from './mini-cluster.ts'

/** A follower writes a batch itself, as if it had come from a leader of this epoch. */
function stray(cluster: MiniCluster, id: number, epoch: number): void {
  cluster.step(() => {
    const { log } = cluster.at(id)
    log.appendAsLeader(cluster.batch(), epoch, 0, 'coordinator')
  })
}

describe('RI-6 record-identity', () => {
  it('is violated by another batch at the same offset and epoch', () => {
    const cluster = settled()
    cluster.produce(1)
    stray(cluster, 2, 1)
    expect(cluster.unexcused).toEqual(['record-identity'])
    const [violation] = cluster.checker.violations
    expect(violation?.message).toBe('broker 2 has another batch at offsets 0–0 of epoch 1 than broker 1 had')
    expect(violation?.events[0]).toBeLessThan(violation?.events[1] ?? 0)
  })

  it('is violated by a leader that writes an offset again in its epoch, the first copy being gone (RB-34)', () => {
    const cluster = settled({ isr: [1], minIsr: 2 })
    const empty = cluster.snapshot(1)
    cluster.produce(1, 1, 1)
    cluster.losePower(1, empty)
    cluster.start(1)
    cluster.learn(1)
    cluster.produce(1, 1, 1)
    expect(cluster.unexcused).toEqual(['record-identity'])
  })

  it('holds when it leads anew in another epoch, and when a log is read again after a restart', () => {
    const cluster = settled({ isr: [1], minIsr: 2 })
    cluster.produce(1, 3, 1)
    cluster.crash(1)
    cluster.start(1)
    const empty = cluster.snapshot(2)
    cluster.elect(1, [1])
    cluster.learn(1)
    cluster.losePower(1, empty)
    cluster.elect(-1, [1])
    cluster.elect(1, [1])
    cluster.start(1)
    cluster.learn(1)
    cluster.produce(1, 1, 1)
    expect(cluster.found).toEqual([])
  })
})

describe('RI-8 strong-log-matching', () => {
  it('is violated by a follower that goes on after a tail it should have cut (RB-3, RB-5)', () => {
    const cluster = settled()
    cluster.produce(1, 5, 1)
    cluster.fetch(2)
    cluster.fetch(3)
    cluster.elect(2, [2, 3])
    cluster.learn(2)
    // Broker 3 has not heard, and takes a batch of epoch 1 that broker 2 never had.
    cluster.produce(1, 1, 1)
    cluster.fetch(3)
    cluster.learn(3)
    cluster.produce(2, 1, 1)
    cluster.produce(2, 1, 1)
    cluster.step(() => {
      const { log } = cluster.at(2)
      cluster.at(3).appendAsFollower(log.read(6, 1 << 20, 7, true).bytes, 5, 0)
    })
    // Nothing of it is committed: no other invariant has a say.
    expect(cluster.unexcused).toEqual(['strong-log-matching'])
    expect(cluster.checker.violations[0]?.message).toBe(
      'broker 3 has offset 6 of epoch 2 with offset 5 of epoch 1 before it, and offset 5 of epoch 2 before it on broker 2',
    )
  })

  it('is violated by a gap', () => {
    const cluster = settled()
    for (let i = 0; i < 3; i++) cluster.produce(1, 1, 1)
    cluster.step(() => void cluster.at(2).appendAsFollower(cluster.at(1).log.read(0, 1, 1, true).bytes, 0, 0))
    cluster.step(() => void cluster.at(2).appendAsFollower(cluster.at(1).log.read(2, 1, 3, true).bytes, 0, 0))
    expect(cluster.unexcused).toEqual(['strong-log-matching'])
  })

  it('holds for a tail that is cut where the logs part, and for logs that start late', () => {
    const cluster = settled()
    cluster.produce(1, 5, 1)
    cluster.sync(2, 3)
    cluster.produce(1, 2, 1)
    cluster.fetch(3)
    cluster.elect(2, [2, 3])
    cluster.learn(2, 3)
    cluster.produce(2, 1, 1)
    cluster.sync(3)
    cluster.step(() => cluster.at(2).log.maybeIncrementLogStartOffset(3))
    cluster.step(() => cluster.at(3).truncateFullyAndStartAt(6))
    cluster.produce(2, 1, 1)
    cluster.sync(3)
    expect([cluster.at(3).log.logStartOffset, cluster.at(3).log.logEndOffset]).toEqual([6, 7])
    expect(cluster.found).toEqual([])
  })

  it('compares what was read first with what turns out to lie before it', () => {
    const lineage = new Lineage()
    const late = new LineagePosition()
    expect(lineage.read(late, 3, 5, 6, 2, 77, 1)).toBeUndefined()
    const whole = new LineagePosition()
    expect(lineage.read(whole, 1, 0, 4, 1, 11, 2)).toBeUndefined()
    expect(lineage.read(whole, 1, 5, 6, 2, 77, 2)).toBeUndefined()
    const other = new LineagePosition()
    expect(lineage.read(other, 2, 0, 4, 2, 12, 3)).toBeUndefined()
    expect(lineage.read(other, 2, 5, 6, 2, 77, 3)).toMatchObject({ kind: 'past', firstBroker: 3, firstOrdinal: 1 })
  })
})

describe('RI-7 log-matching', () => {
  it('is violated by two logs that differ below both high watermarks (RB-2)', () => {
    const cluster = settled()
    cluster.produce(1, 2)
    cluster.fetch(2)
    stray(cluster, 3, 0)
    stray(cluster, 3, 0)
    cluster.commit({ isr: [1, 2] })
    cluster.learn(1)
    cluster.sync(2)
    expect(cluster.found).toEqual([])
    cluster.step(() => void cluster.at(3).log.updateHighWatermark(1))
    expect(cluster.unexcused).toEqual(['log-matching'])
    expect(cluster.checker.violations[0]?.message).toBe(
      'brokers 3 and 1 have different batches at offset 0, below both high watermarks',
    )
  })

  it('holds as long as one of them does not say that it is committed', () => {
    const cluster = settled({ isr: [1, 2] })
    stray(cluster, 3, 0)
    cluster.produce(1, 2)
    cluster.sync(2)
    expect(cluster.at(1).log.highWatermark).toBe(2)
    expect(cluster.found).toEqual([])
  })

  it('is violated where something else is committed than an idle replica holds, and calls committed, already', () => {
    const cluster = settled()
    stray(cluster, 3, 0)
    cluster.step(() => void cluster.at(3).log.updateHighWatermark(1))
    cluster.commit({ isr: [1] })
    cluster.learn(1)
    expect(cluster.found).toEqual([])
    cluster.produce(1, 1)
    expect(cluster.unexcused).toEqual(['log-matching'])
  })

  it('is looked at when either of them says so: up to the lower high watermark', () => {
    const cluster = settled({ isr: [1, 2] })
    stray(cluster, 3, 0)
    cluster.produce(1, 2)
    cluster.fetch(2)
    // Now it is committed, which broker 2 does not hear.
    cluster.step(() => void cluster.request(2))
    cluster.crash(1)
    cluster.step(() => void cluster.at(3).log.updateHighWatermark(1))
    expect(cluster.found).toEqual([])
    cluster.step(() => {
      cluster.at(2).log.updateHighWatermark(1)
      cluster.emit({ type: 'high-watermark-changed', broker: 2, partition: 'orders-0', as: 'follower', from: 0, to: 1 })
    })
    expect(cluster.unexcused).toEqual(['log-matching'])
  })
})

describe('RI-2 weak-isr', () => {
  it('is violated in the view of a leader that is out of office, too', () => {
    const cluster = settled()
    cluster.produce(1, 5)
    cluster.sync(2, 3)
    cluster.elect(2, [2])
    cluster.learn(2)
    // Broker 1 has not heard, and counts broker 3, which nobody else does any more.
    cluster.step(() => cluster.at(3).truncateTo(2))
    expect(cluster.unexcused).toEqual(['weak-isr'])
    expect(cluster.checker.violations[0]?.message).toBe(
      'broker 1, leader of epoch 1, has high watermark 5, and member 3 of its ISR ends at 2',
    )
  })

  it('has a hole by design: a member that lost data, until it is fenced and the leader has heard', () => {
    const cluster = settled({ minIsr: 2 })
    const empty = cluster.snapshot(3)
    cluster.produce(1, 5)
    cluster.sync(2, 3)
    cluster.losePower(3, empty)
    cluster.start(3)
    cluster.learn(3)
    expect(cluster.found).toEqual([])
  })
})

describe('RI-5 leader-completeness', () => {
  it('is violated by a leader without what was acknowledged and never committed', () => {
    const cluster = settled()
    cluster.produce(1, 2)
    cluster.step(() => cluster.answer(1, -1, 0, 1, null))
    expect(cluster.unexcused).toEqual(['acked-durable'])
    cluster.elect(2, [2, 3])
    cluster.learn(2)
    expect(cluster.unexcused).toEqual(['acked-durable', 'leader-completeness'])
    expect(cluster.checker.violations[1]?.message).toBe(
      'broker 2 leads epoch 2 without offset 1, which broker 1 acknowledged in epoch 1',
    )
  })

  it('holds for acks=1, for errors, and for what a leader in office holds', () => {
    const cluster = settled()
    cluster.produce(1, 2)
    cluster.sync(2)
    cluster.step(() => cluster.answer(1, 1, 0, 1, null))
    cluster.step(() => cluster.answer(1, -1, 0, 1, 'REQUEST_TIMED_OUT'))
    cluster.elect(3, [2, 3])
    cluster.learn(3)
    expect(cluster.found).toEqual([])
  })
})

describe('RI-16 committed-held-somewhere', () => {
  const committed = (): MiniCluster => {
    const cluster = settled()
    cluster.produce(1, 5)
    cluster.sync(2, 3)
    return cluster
  }

  it('is violated when the last copy is cut, and not before', () => {
    const cluster = committed()
    cluster.crash(1)
    cluster.step(() => cluster.at(2).truncateTo(0))
    cluster.step(() => cluster.at(3).truncateTo(0))
    expect(cluster.unexcused).not.toContain('committed-held-somewhere')
    cluster.elect(2, [2, 3])
    cluster.learn(2)
    cluster.start(1)
    cluster.learn(1)
    cluster.step(() => cluster.at(1).truncateTo(0))
    expect(cluster.unexcused).toContain('committed-held-somewhere')
    expect(cluster.checker.violations.find(({ rule }) => rule === 'RI-16')?.message).toBe(
      'offsets 0–4, committed in epoch 1, are in no log any more',
    )
  })

  it('is violated when the last copy of what a leader replaced is cut; the dead may have it still', () => {
    const cluster = committed()
    cluster.step(() => cluster.at(2).truncateTo(0))
    cluster.elect(2, [2])
    cluster.learn(2, 1, 3)
    // The ledger now says what broker 2 wrote.
    cluster.produce(2, 1)
    const lost = () => cluster.checker.violations.filter(({ rule }) => rule === 'RI-16').map(({ message }) => message)
    cluster.crash(3)
    cluster.step(() => cluster.at(1).truncateTo(0))
    expect(lost()).toEqual([])
    cluster.start(3)
    cluster.learn(3)
    cluster.step(() => cluster.at(3).truncateTo(0))
    expect(lost()).toEqual(['offsets 0–4, committed in epoch 1 and replaced since, are in no log any more'])
  })

  it('is excused when all of them lost what they had not synced (C2, RB-23)', () => {
    const cluster = settled()
    const disks = [1, 2, 3].map((id) => cluster.snapshot(id))
    cluster.produce(1, 5)
    cluster.sync(2, 3)
    for (const id of [1, 2, 3]) cluster.losePower(id, disks[id - 1]!)
    for (const id of [3, 2, 1]) cluster.start(id)
    cluster.learn(3, 2, 1)
    expect(cluster.found).toContain('committed-held-somewhere')
    expect(cluster.unexcused).toEqual([])
  })

  it('holds when DeleteRecords or retention took them', () => {
    const cluster = committed()
    cluster.step(() => cluster.at(1).log.maybeIncrementLogStartOffset(5))
    cluster.step(() => cluster.at(2).truncateFullyAndStartAt(5))
    cluster.step(() => cluster.at(3).truncateFullyAndStartAt(5))
    cluster.produce(1, 1)
    cluster.sync(2, 3)
    expect(cluster.found).toEqual([])
  })
})

describe('RI-24 producer-order', () => {
  /** Batches as a leader without producer state would take them. */
  const written = (...batches: Uint8Array[]): MiniCluster => {
    const cluster = settled({ isr: [1] })
    for (const batch of batches) {
      cluster.step(() => {
        const { log } = cluster.at(1)
        log.appendAsLeader(batch, 1, 0, 'coordinator')
      })
    }
    return cluster
  }

  it('is violated by a batch that is there twice, and by one that comes late', () => {
    const twice = written(sequenced(7, 0, 0, 3), sequenced(7, 0, 3, 3), sequenced(7, 0, 3, 3))
    expect(twice.unexcused).toEqual(['producer-order'])
    expect(twice.checker.violations[0]?.message).toBe(
      'broker 1 appended sequences 3–5 at offset 6, of epoch 0 of producer 7, after epoch 0 up to sequence 5, at offset 3',
    )
    expect(written(sequenced(7, 0, 5), sequenced(7, 0, 4)).unexcused).toEqual(['producer-order'])
  })

  it('is violated by an epoch that was over', () => {
    const fenced = settled({ isr: [1] })
    fenced.step(() => void fenced.at(1).log.appendAsFollower(placed(sequenced(7, 1, 0), 0)))
    fenced.step(() => void fenced.at(1).log.appendAsFollower(placed(sequenced(7, 0, 9), 1)))
    expect(fenced.unexcused).toEqual(['producer-order'])
  })

  it('holds for sequences that rise, go round, and begin again in a new epoch, and for several producers', () => {
    const last = 2147483647
    const fine = written(
      sequenced(7, 0, last - 1, 2),
      sequenced(7, 0, 0, 2),
      sequenced(8, 0, 0),
      sequenced(7, 1, 0),
      sequenced(7, 1, 1),
    )
    expect(fine.found).toEqual([])
  })

  it('holds for a retry after the first copy was cut, and not if it was kept', () => {
    const again = (cutTo: number): string[] => {
      const cluster = written(sequenced(7, 0, 0), sequenced(7, 0, 1))
      cluster.step(() => void cluster.at(1).log.truncateTo(cutTo))
      cluster.step(() => void cluster.at(1).log.appendAsLeader(sequenced(7, 0, 1), 2, 0, 'coordinator'))
      return cluster.found.filter((id) => id === 'producer-order')
    }
    expect(again(1)).toEqual([])
    expect(again(2)).toEqual(['producer-order'])
  })

  it('holds after a batch that is below the log start by now', () => {
    const after = (logStartOffset: number): string[] => {
      const cluster = written(sequenced(7, 0, 5))
      cluster.step(() => {
        const { log } = cluster.at(1)
        log.updateHighWatermark(1)
        log.maybeIncrementLogStartOffset(logStartOffset)
        log.appendAsLeader(sequenced(7, 0, 2), 1, 0, 'coordinator')
      })
      return cluster.found.filter((id) => id === 'producer-order')
    }
    expect(after(0)).toEqual(['producer-order'])
    expect(after(1)).toEqual([])
  })

  it('lets a producer begin anywhere once its leader forgot it for idleness (R-46.5)', () => {
    const cluster = written(sequenced(7, 0, 5))
    cluster.step(() => cluster.emit({ type: 'producers-expired', broker: 1, partition: 'orders-0', count: 1 }))
    cluster.step(() => void cluster.at(1).log.appendAsLeader(sequenced(7, 0, 2), 1, 0, 'coordinator'))
    expect(cluster.found).toEqual([])
  })

  it('lets it begin anywhere where it was left out of a snapshot for idleness, and goes by that from then on (R-49)', () => {
    const cluster = settled({ isr: [1], log: { producerIdExpirationMs: 1 } })
    cluster.advance(1000)
    cluster.step(() => void cluster.at(1).log.appendAsLeader(sequenced(7, 0, 5, 1, {}, 0), 1, 0, 'coordinator'))
    cluster.step(() => cluster.at(1).log.close())
    const restart = () => {
      cluster.crash(1)
      cluster.start(1)
      cluster.elect(1, [1])
      cluster.learn(1)
    }
    restart()
    cluster.step(() => void cluster.at(1).log.appendAsLeader(sequenced(7, 0, 2), 2, 0, 'coordinator'))
    expect(cluster.at(1).log.producers.forgotten).toBe(1)
    restart()
    cluster.step(() => void cluster.at(1).log.appendAsLeader(sequenced(7, 0, 3), 3, 0, 'coordinator'))
    expect(cluster.found).toEqual([])
  })
})

/** As a leader's copy would be: at this offset, of epoch 1. */
function placed(batch: Uint8Array, offset: number): Uint8Array {
  const view = new DataView(batch.buffer, batch.byteOffset)
  view.setBigInt64(0, BigInt(offset))
  view.setInt32(12, 1)
  return batch
}
