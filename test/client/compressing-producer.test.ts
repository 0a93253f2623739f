import { beforeEach, describe, expect, it } from 'vitest'
import { CompressionRatios } from '../../src/client/compression-ratios.ts'
import { codec } from '../../src/records/record-batch.ts'
import { Errors } from '../../src/protocol/error-codes.ts'
import { bytesFor, ProducerRig, recordsIn, sequencesOf } from './producer-rig.ts'

let rig: ProducerRig
beforeEach(() => {
  rig = new ProducerRig()
})

/** Records of 100 equal bytes. */
function sendMany(count: number): void {
  for (let i = 0; i < count; i++) rig.send(0, 100)
}

describe('a producer with compression.type', () => {
  it.each([
    ['none', 0],
    ['gzip', 1],
    ['snappy', 2],
    ['lz4', 3],
    ['zstd', 4],
  ])('%s sends batches of codec %d', (type, id) => {
    rig.start({ 'compression.type': type, 'linger.ms': 5 })
    sendMany(5)
    rig.clock.advance(5)
    expect(codec(bytesFor(rig.produce[0]!), 0)).toBe(id)
    expect(recordsIn(rig.produce[0]!)).toBe(5)
    if (id > 0) expect(bytesFor(rig.produce[0]!).length).toBeLessThan(300)
  })

  /** Fills and acknowledges batches, one after the other. */
  function sendBatches(count: number): void {
    rig.start({ 'compression.type': 'gzip', 'batch.size': 1000, 'linger.ms': 5 })
    for (let i = 0; i < count; i++) {
      // One more than fits sends what is full.
      while (rig.network.open('Produce').length === 0) rig.send(0, 100)
      rig.ack()
    }
  }

  it('fits as many records into batch.size as it expects to, and learns slowly how small they get', () => {
    sendBatches(80)
    const counts = rig.produce.map((request) => recordsIn(request))
    expect(counts.slice(0, 3)).toEqual([8, 8, 8])
    expect(counts.at(-1)).toBe(12)
    expect(counts).toEqual(counts.toSorted((a, b) => a - b))
  })

  it('splits a batch that turns out too large by batch.size, and expects no good of the topic then (P-23)', () => {
    sendBatches(80)
    while (rig.network.open('Produce').length === 0) rig.send(0, 100)
    const sequence = sequencesOf(rig).at(-1)!
    rig.refuse(Errors.MESSAGE_TOO_LARGE)
    rig.ack()
    const parts = rig.produce.slice(-2)
    expect(parts.map((request) => recordsIn(request))).toEqual([8, 5])
    expect(sequencesOf(rig).slice(-2)).toEqual([sequence, sequence + 8])
    expect(parts.map((request) => codec(bytesFor(request), 0))).toEqual([1, 1])
    rig.ack()
    // The batch that was begun before does not know.
    for (let i = 0; i < 2; i++) {
      while (rig.network.open('Produce').length === 0) rig.send(0, 100)
      rig.ack()
    }
    expect(rig.produce.slice(-2).map((request) => recordsIn(request))).toEqual([13, 8])
  })
})

describe('how well a topic compresses', () => {
  it('is believed to get worse at once, and to get better by a two-hundredth a batch', () => {
    const ratios = new CompressionRatios()
    expect(ratios.of('a')).toBe(1)
    ratios.observe('a', 0.2)
    ratios.observe('a', 0.2)
    expect(ratios.of('a')).toBeCloseTo(0.99)
    ratios.observe('a', 1.3)
    expect(ratios.of('a')).toBe(1.3)
    ratios.observe('a', 1.31)
    expect(ratios.of('a')).toBeCloseTo(1.35)
    expect(ratios.of('b')).toBe(1)
    ratios.reset('a', 0.4)
    expect(ratios.of('a')).toBe(1)
  })
})
