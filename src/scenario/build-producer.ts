// Producers of a run, from what the file says of them: when they send, what keys and sizes their records have.

import { assert } from '../../sim/index.ts'
import type { ProducerConfig } from '../config/producer-config.ts'
import type { Keys } from '../workload/key-chooser.ts'
import type { LoadShape } from '../workload/load-shape.ts'
import { perRecordValue } from './build-group.ts'
import type { ScenarioShape } from './language/schema.ts'
import type { ProducerSpec } from './model.ts'
import type { Draw, DrawNow } from './text/draw.ts'

type ProducerShape = NonNullable<ScenarioShape['producers']>[string]

const DEFAULT_RATE_PER_SECOND = 100
const DEFAULT_VALUE_BYTES = 100

export function buildProducer(
  name: string,
  producer: ProducerShape,
  draw: DrawNow,
  config: ProducerConfig,
): ProducerSpec {
  const path = `producers.${name}`
  const number = <D>(value: Draw<number> | undefined, key: string, byDefault: D): number | D =>
    value === undefined ? byDefault : draw(value, `${path}.${key}`)
  const count = number(producer.count, 'count', 1)
  // In this order, which reports keep.
  const ratePerSecond = number(producer.rate, 'rate', DEFAULT_RATE_PER_SECOND)
  return {
    name,
    library: producer.client ?? 'java',
    topic: producer.topic,
    count,
    load: loadShape(producer, path, draw, ratePerSecond),
    startUs: number(producer.start, 'start', 0),
    total: number(producer.total, 'total', undefined),
    keys: keysOf(producer.keys, `${path}.keys`, draw),
    tombstones: number(producer.tombstones, 'tombstones', 0),
    valueSizeBytes: perRecordValue(producer.size, `${path}.size`, DEFAULT_VALUE_BYTES, draw),
    config,
  }
}

function loadShape(producer: ProducerShape, path: string, draw: DrawNow, ratePerSecond: number): LoadShape {
  const { phases, bursts, outstanding, think } = producer
  if (outstanding !== undefined) {
    const thinkUs = think === undefined ? 0 : draw(think, `${path}.think`)
    return { kind: 'closed', outstanding: draw(outstanding, `${path}.outstanding`), thinkMs: wholeMs(thinkUs) }
  }
  if (phases !== undefined) {
    const pieces = phases.map((phase, i) => ({
      forMs: phase.for === undefined ? Infinity : wholeMs(draw(phase.for, `${path}.phases.${i}.for`)),
      ratePerSecond: phase.rate === undefined ? ratePerSecond : draw(phase.rate, `${path}.phases.${i}.rate`),
    }))
    // Nothing is said of the time after the last: it goes on as it began.
    const last = pieces.at(-1)
    const rest = last?.forMs === Infinity ? [] : [{ forMs: Infinity, ratePerSecond }]
    return { kind: 'phases', phases: [...pieces, ...rest], repeats: false }
  }
  if (bursts === undefined) return { kind: 'steady', ratePerSecond }
  const everyMs = wholeMs(draw(bursts.every, `${path}.bursts.every`))
  const forMs = wholeMs(draw(bursts.for, `${path}.bursts.for`))
  assert(forMs < everyMs, `${path}: bursts are shorter than what lies between their begins`)
  const burst = { forMs, ratePerSecond: draw(bursts.rate, `${path}.bursts.rate`) }
  return { kind: 'phases', phases: [{ forMs: everyMs - forMs, ratePerSecond }, burst], repeats: true }
}

function keysOf(written: ProducerShape['keys'], path: string, draw: DrawNow): Keys {
  if (written === undefined) return { count: 0, skew: 'even' }
  if ('kind' in written) return { count: draw(written, path), skew: 'even' }
  const count = draw(written.count, `${path}.count`)
  const { hot, share } = written
  if (share === undefined) return { count, skew: 'zipf' }
  return { count, skew: { hot: hot === undefined ? 1 : draw(hot, `${path}.hot`), share } }
}

function wholeMs(us: number): number {
  return Math.ceil(us / 1000)
}
