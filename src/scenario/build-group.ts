// A consumer group of a run, from what the file says of it.

import { assert, type Quantiles } from '../../sim/index.ts'
import type { ClientLibrary } from '../client/partitioners/make-partitioner.ts'
import type { ConsumerConfig } from '../config/consumer-config.ts'
import type { ProducerConfig } from '../config/producer-config.ts'
import type { PoisonPolicy, SlowRecords } from '../workload/member-options.ts'
import type { ScenarioShape } from './language/schema.ts'
import type { GroupSpec } from './model.ts'
import type { Draw, DrawNow } from './text/draw.ts'

type GroupShape = NonNullable<ScenarioShape['consumers']>[string]

const DEFAULT_QUEUE = 1000
const DEFAULT_BACKOFF_US = 1_000_000

/** kafkajs reads on from what was handled last, for ever; elsewhere an exception ends the loop. */
const DEFAULT_POISON: { readonly [Library in ClientLibrary]: GroupShape['poison'] } = {
  java: 'close',
  librdkafka: 'close',
  kafkajs: { tries: Infinity, backoff: { kind: 'fixed', value: 300_000 }, by: 'seek' },
}

/** `config` is its own, resolved; `producerConfig` that of its dead letters. */
export function buildGroup(
  name: string,
  group: GroupShape,
  draw: DrawNow,
  config: ConsumerConfig,
  producerConfig: ProducerConfig,
): GroupSpec {
  const { client: library = 'java', members, topic, topics, fails } = group
  assert(members !== undefined, `${name} is a group`)
  const path = `consumers.${name}`
  const number = <D>(value: Draw<number> | undefined, key: string, byDefault: D): number | D =>
    value === undefined ? byDefault : draw(value, `${path}.${key}`)
  const workers = number(group.workers, 'workers', undefined)
  return {
    name,
    library,
    topics: topics ?? (topic === undefined ? [] : [topic]),
    members: draw(members, `${path}.members`),
    startUs: number(group.start, 'start', 0),
    processUs: perRecordValue(group.process, `${path}.process`, 0, draw),
    slow: slowRecords(group.slow, `${path}.slow`, draw),
    // An application commits itself where nobody else does; in kafkajs that is what its loop does.
    commit: group.commit ?? (config['enable.auto.commit'] && library !== 'kafkajs' ? 'never' : 'after'),
    from: group.from,
    failure: fails === undefined ? undefined : { at: fails.record, end: fails.then ?? 'close' },
    poison: poisonPolicy(group.poison ?? DEFAULT_POISON[library], `${path}.poison`, draw, producerConfig),
    workers: workers === undefined ? undefined : { count: workers, queue: number(group.queue, 'queue', DEFAULT_QUEUE) },
    restartUs: number(group.restart, 'restart', undefined),
    config,
  }
}

/** Drawn now, or left to be drawn for each record. */
export function perRecordValue(
  written: Draw<number> | Quantiles | undefined,
  path: string,
  byDefault: number,
  draw: DrawNow,
): number | Quantiles {
  if (written === undefined) return byDefault
  return 'kind' in written ? draw(written, path) : written
}

function slowRecords(written: GroupShape['slow'], path: string, draw: DrawNow): SlowRecords | undefined {
  if (written === undefined) return undefined
  const takesUs = draw(written.takes, `${path}.takes`)
  const { record, every } = written
  if (every !== undefined) return { takesUs, every }
  assert(record !== undefined, `${path} says which`)
  return { takesUs, at: record }
}

function poisonPolicy(
  written: GroupShape['poison'],
  path: string,
  draw: DrawNow,
  config: ProducerConfig,
): PoisonPolicy {
  const policy = { tries: 1, backoffMs: DEFAULT_BACKOFF_US / 1000, by: 'in-place', deadLetters: undefined } as const
  if (written === undefined) return { ...policy, giveUp: 'close' }
  if (written === 'retry') return { ...policy, tries: Infinity, giveUp: 'close' }
  if (typeof written === 'string') return { ...policy, giveUp: written }
  const { tries = 1, backoff, by = 'in-place', then: giveUp = 'close', topic } = written
  const backoffUs = backoff === undefined ? DEFAULT_BACKOFF_US : draw(backoff, `${path}.backoff`)
  const deadLetters = giveUp === 'dead-letter' && topic !== undefined ? { topic, config } : undefined
  return { tries, backoffMs: Math.ceil(backoffUs / 1000), by, giveUp, deadLetters }
}
