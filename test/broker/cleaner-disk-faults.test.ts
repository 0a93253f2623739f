// What the cleaner does when its disk does not do what it is told: an operation that fails takes the directory offline,
// and the log is not to blame; bytes that cannot be read are the log's, which is left alone from then on.

import { describe, expect, it } from 'vitest'
import { lastOfKeys, recordsOf } from '../log/cleaner/cleaned-log.ts'
import { BACKOFF_MS, CleaningBroker, write } from './cleaning-broker.ts'

function dirty(settings: ConstructorParameters<typeof CleaningBroker>[0] = {}, count = 12) {
  const broker = new CleaningBroker(settings)
  const log = broker.topic('t')
  write(log, count, 4)
  return { broker, log, before: recordsOf(log), disk: broker.world.process('broker-1').machine.disk }
}

/** After a restart nothing is missing that must be there, and nothing is left lying about. */
function expectWhole(broker: CleaningBroker, before: readonly string[]): void {
  broker.restart()
  const records = recordsOf(broker.logs.get('t', 0)!)
  expect(records).toEqual(before.filter((record) => records.includes(record)))
  expect(lastOfKeys(records)).toEqual(lastOfKeys(before))
  expect(broker.filesOf('t').filter((name) => /\.(cleaned|swap)$/.test(name))).toEqual([])
}

describe('a disk that fails in the middle of a round of cleaning', () => {
  it.each(['read', 'write', 'sync'] as const)('takes its directory offline, whichever %s it is', (operation) => {
    let failed = 0
    for (let nth = 1; nth === failed + 1; nth++) {
      const { broker, before, disk } = dirty()
      const heal = disk.fail({ operation, nth, count: 1, probability: 1, rng: undefined, onHit: undefined })
      broker.run(3 * BACKOFF_MS)
      heal()
      if (broker.failures.length > 0) failed = nth
      expect(broker.failures.length).toBe(failed === nth ? 1 : 0)
      // The round is over, done or not; and a disk that fails says nothing of the log.
      expect(broker.cleanedOf('t')).toHaveLength(failed === nth ? 0 : 1)
      expect(broker.events.filter(({ type }) => type === 'log-uncleanable')).toEqual([])
      expectWhole(broker, before)
    }
    expect(failed).toBeGreaterThan(operation === 'sync' ? 2 : 5)
  })

  it('takes its directory offline when there is no room for what it writes', () => {
    const { broker, before, disk } = dirty()
    const heal = disk.fill(100, () => {})
    broker.run(3 * BACKOFF_MS)
    expect(broker.failures.map(({ message }) => message)).toEqual([expect.stringContaining('No space left')])
    expect(broker.cleanedOf('t')).toEqual([])
    heal()
    expectWhole(broker, before)
  })
})

describe('rot in the middle of a round of cleaning', () => {
  it('makes it give the log up, and no other, and the directory stays', () => {
    const { broker, log, disk } = dirty({ 'log.cleaner.io.max.bytes.per.second': 10_000 }, 300)
    write(broker.topic('good'), 30)
    broker.run(BACKOFF_MS + 500)
    expect(broker.cleanedOf('t')).toEqual([])
    // A length of a record, in the last segment that is cleaned.
    const { file } = log.segments.at(log.segmentCount - 2)
    disk.rot(file.path, 61, 0x40)
    broker.run(120 * BACKOFF_MS)
    expect(broker.events.filter(({ type }) => type === 'log-uncleanable')).toMatchObject([{ partition: 't-0' }])
    expect(broker.failures).toEqual([])
    expect(broker.cleanedOf('t')).toEqual([])
    expect(broker.cleanedOf('good')).toHaveLength(1)
    expect(broker.filesOf('t').filter((name) => /\.(cleaned|swap)$/.test(name))).toEqual([])
  })
})
