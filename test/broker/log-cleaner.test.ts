// The cleaner at work in a broker: when it looks, what it cleans first, how fast, and what makes it stop.

import { describe, expect, it } from 'vitest'
import { keyed } from '../log/cleaner/batches.ts'
import { recordsOf } from '../log/cleaner/cleaned-log.ts'
import { BACKOFF_MS, CleaningBroker, write } from './cleaning-broker.ts'

describe('the cleaner of a broker', () => {
  it('looks every log.cleaner.backoff.ms since the start, cleans, and writes down how far it came', () => {
    const broker = new CleaningBroker()
    broker.run(400)
    const log = broker.topic('t')
    write(log, 30)
    broker.run(BACKOFF_MS - 401)
    expect(recordsOf(log)).toHaveLength(30)
    broker.run(BACKOFF_MS)
    const { baseOffset } = log.segments.active
    expect(recordsOf(log).length).toBe(10 + 30 - baseOffset)
    expect(broker.checkpoint()).toBe(`0\n1\nt 0 ${baseOffset}\n`)
    expect(broker.cleanedOf('t')).toMatchObject([{ fromOffset: 0, toOffset: baseOffset, recordsAfter: 10 }])
  })

  it('goes on where it was after a restart', () => {
    const broker = new CleaningBroker()
    write(broker.topic('t'), 30)
    broker.run(2 * BACKOFF_MS)
    const toOffset = broker.logs.cleaned.offset('t', 0)
    broker.restart()
    const log = broker.logs.get('t', 0)!
    log.maybeIncrementHighWatermark(log.logEndOffset)
    write(log, 30)
    broker.run(2 * BACKOFF_MS)
    expect(broker.cleanedOf('t').at(-1)).toMatchObject({ fromOffset: toOffset })
  })

  it('sleeps, without waking up, while no log has anything to clean', () => {
    const broker = new CleaningBroker()
    const log = broker.topic('t')
    write(log, 1)
    write(broker.topic('plain', { compacted: false }), 100)
    broker.run(10 * BACKOFF_MS)
    const before = broker.world.loop.executed
    broker.run(100 * BACKOFF_MS)
    expect(broker.world.loop.executed).toBe(before)
    write(log, 30)
    broker.run(3 * BACKOFF_MS)
    expect(broker.cleanedOf('t')).toHaveLength(1)
  })

  it('takes the dirtiest log first (R-31)', () => {
    const broker = new CleaningBroker()
    const half = broker.topic('half')
    write(half, 60, 30)
    broker.run(2 * BACKOFF_MS)
    write(half, 30, 30)
    write(broker.topic('all'), 60)
    broker.run(BACKOFF_MS)
    const order = broker.events.flatMap((event) => (event.type === 'log-cleaned' ? [event.partition] : []))
    expect(order).toEqual(['half-0', 'all-0', 'half-0'])
  })

  it('reads and writes no faster than log.cleaner.io.max.bytes.per.second', () => {
    const timeOf = (bytesPerSecond: number): number => {
      const broker = new CleaningBroker({ 'log.cleaner.io.max.bytes.per.second': bytesPerSecond })
      write(broker.topic('t'), 300)
      const beganUs = broker.world.loop.nowUs
      while (broker.cleanedOf('t').length === 0) broker.run(100)
      return (broker.world.loop.nowUs - beganUs) / 1000
    }
    // What takes time otherwise is syncing some 100 segments.
    expect(timeOf(Number.MAX_VALUE)).toBeLessThan(12_000)
    // About 295 batches of 130 bytes are read twice, and few of them are written. What takes no 300 ms is never held up.
    expect(timeOf(1000)).toBeGreaterThan(50_000)
    expect(timeOf(1000)).toBeLessThan(80_000)
  })

  it('lets go of a log that is cut, and cleans it later from where it was cut (KAFKA-3330)', () => {
    const broker = new CleaningBroker({ 'log.cleaner.io.max.bytes.per.second': 10_000 })
    const log = broker.topic('t')
    write(log, 30)
    broker.run(2 * BACKOFF_MS)
    write(log, 300)
    broker.run(1500)
    expect(broker.logs.cleaned.offset('t', 0)).toBeGreaterThan(20)
    log.truncateTo(15)
    const fromOffset = broker.logs.cleaned.offset('t', 0)
    expect(fromOffset).toBe(log.segments.active.baseOffset)
    const rounds = broker.cleanedOf('t').length
    expect(broker.filesOf('t').filter((name) => name.endsWith('.cleaned'))).toEqual([])
    write(log, 30)
    broker.run(60_000)
    expect(broker.cleanedOf('t')[rounds]).toMatchObject({ fromOffset })
  })

  it('lets go of a log that is deleted, and forgets it', () => {
    const broker = new CleaningBroker({ 'log.cleaner.io.max.bytes.per.second': 10_000 })
    write(broker.topic('t'), 300)
    broker.run(1500)
    broker.logs.delete('t', 0)
    broker.run(60_000)
    expect(broker.cleanedOf('t')).toEqual([])
    expect(broker.checkpoint()).not.toContain('t 0')
  })

  it('leaves a log alone that it cannot read, and cleans the others', () => {
    const broker = new CleaningBroker()
    const bad = broker.topic('bad')
    write(bad, 30)
    const { file } = bad.segments.at(0)
    const bytes = file.read(0, file.sizeBytes).slice()
    bytes[61] = 126
    file.truncate(0)
    file.append(bytes)
    write(broker.topic('good'), 30)
    broker.run(3 * BACKOFF_MS)
    const uncleanable = broker.events.filter(({ type }) => type === 'log-uncleanable')
    expect(uncleanable).toMatchObject([{ partition: 'bad-0', problem: expect.stringContaining('past the end') }])
    expect(broker.cleanedOf('good')).toHaveLength(1)
  })

  it('deletes old segments of logs that are to be compacted and deleted (R-22)', () => {
    const broker = new CleaningBroker()
    const log = broker.topic('t', { deletes: true, retentionMs: 1 })
    const nowMs = 0
    for (let i = 0; i < 30; i++) log.appendAsLeader(keyed([`k${i}=1`], {}, nowMs), 0, nowMs, 'client')
    log.maybeIncrementHighWatermark(30)
    expect(log.segmentCount).toBeGreaterThan(2)
    broker.run(2 * BACKOFF_MS)
    expect(log.logStartOffset).toBe(30)
  })

  it('deletes the only segment of such a log, too, when all of it is too old', () => {
    const broker = new CleaningBroker()
    const log = broker.topic('t', { deletes: true, retentionMs: 1 })
    broker.cleaner.wake()
    broker.run(2 * BACKOFF_MS)
    log.appendAsLeader(keyed(['k=1'], {}, 0), 0, 0, 'client')
    log.maybeIncrementHighWatermark(1)
    broker.run(2 * BACKOFF_MS)
    expect([log.logStartOffset, log.segmentCount]).toEqual([1, 1])
  })

  it('does nothing with log.cleaner.enable=false', () => {
    const broker = new CleaningBroker({ 'log.cleaner.enable': false })
    write(broker.topic('t'), 30)
    broker.run(10 * BACKOFF_MS)
    expect(broker.cleanedOf('t')).toEqual([])
  })

  it('gives up what is under way when the broker stops', () => {
    const broker = new CleaningBroker({ 'log.cleaner.io.max.bytes.per.second': 10_000 })
    write(broker.topic('t'), 300)
    broker.run(1500)
    broker.cleaner.close()
    expect(broker.filesOf('t').filter((name) => /\.(cleaned|swap)$/.test(name))).toEqual([])
    broker.run(10_000)
    expect(broker.cleanedOf('t')).toEqual([])
  })
})
