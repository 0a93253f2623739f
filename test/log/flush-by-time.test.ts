// Syncing by age, and when the checkpoints of a broker's logs are written.

import { describe, expect, it } from 'vitest'
import { ManagerFixture } from '../broker/manager-fixture.ts'
import { state } from '../broker/fixture.ts'
import { append, batchOf, FIRST_SEGMENT, NOW_MS, openLog } from './fixtures.ts'
import { MemoryDisk } from './memory-disk.ts'

describe('flush.ms', () => {
  it('counts from the last sync, or from the opening, and syncs nothing before', () => {
    let nowMs = NOW_MS
    const disk = new MemoryDisk()
    const log = openLog(disk, { config: { flushMs: 1000 }, wallMs: () => nowMs })
    append(log, batchOf(['a']))
    log.flushIfDue((nowMs += 999))
    expect([log.recoveryPoint, disk.synced.includes(FIRST_SEGMENT)]).toEqual([0, false])
    log.flushIfDue((nowMs += 1))
    expect([log.recoveryPoint, disk.synced.includes(FIRST_SEGMENT)]).toEqual([1, true])
    append(log, batchOf(['b']))
    log.flushIfDue((nowMs += 999))
    expect(log.recoveryPoint).toBe(1)
    log.flushIfDue((nowMs += 1))
    expect(log.recoveryPoint).toBe(2)
  })

  it('is for ever by default', () => {
    const log = openLog()
    append(log, batchOf(['a']))
    log.flushIfDue(NOW_MS * 1000)
    expect(log.recoveryPoint).toBe(0)
  })
})

describe('a broker tends its logs', () => {
  const config = {
    'log.initial.task.delay.ms': 30_000,
    'log.flush.scheduler.interval.ms': 2_000,
    'log.flush.offset.checkpoint.interval.ms': 60_000,
    'replica.high.watermark.checkpoint.interval.ms': 5_000,
  } as const

  function started(): ManagerFixture {
    const fixture = new ManagerFixture({ config })
    fixture.publish(state({ isr: [1] }))
    const { log } = fixture.orders
    log.updateConfig({ ...log.config, flushMs: 1 })
    fixture.replicas.start()
    fixture.produce(1)
    return fixture
  }

  it('by age, first when it has run for log.initial.task.delay.ms', () => {
    const fixture = started()
    fixture.host.clock.advance(29_999)
    expect(fixture.orders.log.recoveryPoint).toBe(0)
    fixture.host.clock.advance(1)
    expect(fixture.orders.log.recoveryPoint).toBe(1)
    fixture.produce(1)
    fixture.host.clock.advance(2_000)
    expect(fixture.orders.log.recoveryPoint).toBe(2)
  })

  it('writes recovery points after that delay and then each interval, high watermarks at once and then each interval', () => {
    const fixture = started()
    const { disk, clock } = fixture.host
    const writes = (name: string) => disk.synced.filter((path) => path === `data/${name}.tmp`).length
    expect([writes('replication-offset-checkpoint'), writes('recovery-point-offset-checkpoint')]).toEqual([1, 0])
    clock.advance(5_000)
    expect(writes('replication-offset-checkpoint')).toBe(2)
    clock.advance(25_000)
    expect(writes('recovery-point-offset-checkpoint')).toBe(1)
    clock.advance(60_000)
    expect([writes('recovery-point-offset-checkpoint'), writes('log-start-offset-checkpoint')]).toEqual([2, 2])
  })
})
