import { describe, expect, it } from 'vitest'
import { topicSettings } from '../../src/broker/topic-settings.ts'
import { MetadataImage, RESOURCE_TYPE } from '../../src/metadata/metadata-image.ts'
import { resolveSwitches } from '../../src/switches/switches.ts'
import { testConfig } from './settings.ts'

const NOT_LIMITED = 2 ** 63

function logSettings(topic: { readonly [key: string]: string }, broker: { readonly [key: string]: number } = {}) {
  const image = new MetadataImage()
  let offset = 0
  for (const [name, value] of Object.entries(topic)) {
    const of = { resourceType: RESOURCE_TYPE.topic, resourceName: 'orders' }
    image.apply({ type: 'ConfigRecord', ...of, name, value }, offset++)
  }
  return topicSettings({ ...testConfig(), ...broker }, image, 'orders').log
}

describe('how far a timestamp may lie from the clock of the leader (W-46)', () => {
  const limits = (topic: { readonly [key: string]: string }, broker: { readonly [key: string]: number } = {}) => {
    const { timestampBeforeMaxMs, timestampAfterMaxMs } = logSettings(topic, broker)
    return [timestampBeforeMaxMs, timestampAfterMaxMs]
  }

  it("is what the topic says, or else its brokers'", () => {
    expect(limits({}, { 'log.message.timestamp.after.max.ms': 3_600_000 })).toEqual([NOT_LIMITED, 3_600_000])
    expect(limits({ 'message.timestamp.before.max.ms': '5000' })).toEqual([5000, NOT_LIMITED])
  })

  it('is one limit for both directions where there is none for each', () => {
    expect(limits({ 'message.timestamp.difference.max.ms': '70' })).toEqual([70, 70])
    const one = { 'message.timestamp.difference.max.ms': '70', 'message.timestamp.after.max.ms': '9' }
    expect(limits(one)).toEqual([70, 9])
  })
})

describe('how a log is compressed', () => {
  const compression = (topic: { readonly [key: string]: string }) => logSettings(topic).compression

  it('is what the topic says, with the level of that codec', () => {
    expect(compression({})).toBe('producer')
    expect(compression({ 'compression.type': 'uncompressed' })).toBe('uncompressed')
    expect(compression({ 'compression.type': 'zstd', 'compression.zstd.level': '7' })).toMatchObject({
      codec: { id: 4 },
      level: 7,
    })
    expect(compression({ 'compression.type': 'gzip' })).toMatchObject({ codec: { id: 1 }, level: -1 })
  })
})

describe('keepFiveBatches (B-23)', () => {
  it.each([
    [true, 5],
    [false, 1],
  ])('%s: %d batches of each producer', (keepFiveBatches, kept) => {
    const switches = resolveSwitches('4.0', { keepFiveBatches })
    const { log } = topicSettings(testConfig(), new MetadataImage(), 'orders', switches)
    expect(log.batchesKeptPerProducer).toBe(kept)
  })
})
