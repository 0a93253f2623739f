import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { UnsyncedLog } from '../../../sim/disk/unsynced-log.ts'

const AGE_US = 500

describe('the log of unsynced changes', () => {
  it('orders changes of threads whose local times differ: a later change is never earlier', () => {
    const log = new UnsyncedLog()
    log.push(100, 1)
    log.push(40, 2)
    expect(log.timeOf(1)).toBe(100)
    expect(log.happenedBy(99)).toBe(0)
    expect(log.happenedBy(100)).toBe(2)
  })

  it('forgets in order: a sync covers what came before it, and nothing else', () => {
    const log = new UnsyncedLog()
    for (let i = 0; i < 5; i++) log.push(i, i * 10)
    log.syncUpTo(3, 50)
    log.push(6, 60)
    log.forgetDurable(49, -1)
    expect(log.first).toBe(0)
    log.forgetDurable(50, -1)
    expect([log.first, log.next, log.valueBefore(3)]).toEqual([3, 6, 20])
  })

  it('a ticket redeemed is never earlier than a change before it, and one not redeemed stays', () => {
    const ticket = 2 ** 52
    const log = new UnsyncedLog()
    log.push(500, 1)
    log.push(ticket, 2)
    log.push(ticket + 1, 3)
    log.redeem((each) => (each === ticket ? 100 : each))
    expect([0, 1, 2].map((seq) => log.timeOf(seq))).toEqual([500, 500, ticket + 1])
    expect(log.happenedBy(499)).toBe(0)
  })

  it('law: it forgets exactly what a plain list of changes and syncs says is durable', () => {
    const step = fc.record({
      do: fc.constantFrom('push', 'push', 'push', 'sync', 'forget', 'fit'),
      ahead: fc.integer({ min: 0, max: 300 }),
      wait: fc.integer({ min: 0, max: 60 }),
    })
    fc.assert(
      fc.property(fc.array(step, { maxLength: 300 }), (steps) => {
        const log = new UnsyncedLog()
        const times: number[] = []
        const syncs: { seq: number; endUs: number }[] = []
        let nowUs = 0
        let busyUs = 0
        let durable = 0
        steps.forEach(({ do: what, ahead, wait }) => {
          nowUs += wait
          if (what === 'push') {
            expect(log.push(nowUs + ahead, times.length * 3)).toBe(times.length)
            times.push(Math.max(nowUs + ahead, times.at(-1) ?? 0))
          } else if (what === 'sync') {
            busyUs = Math.max(busyUs, nowUs, times.at(-1) ?? 0) + ahead
            log.syncUpTo(times.length, busyUs)
            syncs.push({ seq: times.length, endUs: busyUs })
          } else if (what === 'fit') {
            log.fit()
            if (log.clean) expect(log.heldBytes).toBe(0)
          } else {
            log.forgetDurable(nowUs, nowUs - AGE_US)
            for (const sync of syncs) if (sync.endUs <= nowUs) durable = Math.max(durable, sync.seq)
            while (durable < times.length && times[durable]! <= nowUs - AGE_US) durable++
            expect(log.first).toBe(durable)
          }
          for (let seq = log.first; seq < log.next; seq++) {
            expect(log.timeOf(seq)).toBe(times[seq])
            expect(log.valueBefore(seq)).toBe(seq === 0 ? 0 : (seq - 1) * 3)
          }
          expect(log.next).toBe(times.length)
        })
      }),
      { numRuns: 100 },
    )
  })
})
