// Rates of the cleaner (`log.cleaner.io.max.bytes.per.second`).

import { expect, it } from 'vitest'
import { Throttler } from '../../../src/log/cleaner/throttler.ts'

it('lets through what comes slowly enough', () => {
  const throttler = new Throttler(1000, 0)
  for (let nowMs = 400; nowMs < 4000; nowMs += 400) expect(throttler.sleepMs(400, nowMs)).toBe(0)
})

it('makes up for what came too fast, all of it', () => {
  const throttler = new Throttler(1000, 0)
  expect(throttler.sleepMs(500, 100)).toBe(0)
  expect(throttler.sleepMs(500, 300)).toBe(0)
  // 1,500 bytes take 1.5 s, and 0.4 s have passed.
  expect(throttler.sleepMs(500, 400)).toBe(1100)
  // From there on it counts anew.
  expect(throttler.sleepMs(100, 1500)).toBe(0)
  expect(throttler.sleepMs(400, 1801)).toBe(199)
})

it('has no limit by default', () => {
  expect(new Throttler(Number.MAX_VALUE, 0).sleepMs(1e12, 1000)).toBe(0)
})
