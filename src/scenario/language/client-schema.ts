// Who uses the cluster: producers, consumers and monitors, with what their applications do.

import * as z from 'zod'
import { CLIENT_LIBRARIES } from '../../client/library-defaults.ts'
import { COMMIT_MODES, FAILURE_ENDS, GIVE_UPS, RETRY_WAYS, STARTING_POINTS } from '../../workload/member-options.ts'
import {
  drawn,
  duration,
  integer,
  type Literal,
  oneOfKeys,
  perRecord,
  probability,
  rate,
  schemaOf,
  size,
  text,
  words,
  wrongType,
} from '../text/literals.ts'
import { configSchema, CONSUMER_CONFIG } from './config-literals.ts'

const setting = (literal: Literal<number>, description: string) => schemaOf(drawn(literal, true), description)

const consumerConfig = CONSUMER_CONFIG.optional()

/** `0/s` as well. */
const rateOrNone: Literal<number> = {
  expected: 'a rate such as 200/s or 0/s',
  json: rate.json,
  read: (raw) => (raw === '0/s' ? { value: 0 } : rate.read(raw)),
}

const phase = z.strictObject({
  for: setting(duration, 'How long; the last one without it lasts.').optional(),
  rate: setting(rateOrNone, 'Records per second; default: the rate of the producer.').optional(),
})

const keys = z
  .union([
    setting(integer(0, 1_000_000), 'How many.'),
    z
      .strictObject({
        count: setting(integer(1, 1_000_000), 'How many.'),
        skew: schemaOf(words('zipf'), 'The n-th key comes once where the first comes n times.').optional(),
        hot: setting(integer(1, 1_000_000), 'So many of them are hot; default 1.').optional(),
        share: schemaOf(probability, 'Of all records, what the hot ones get.').optional(),
      })
      .meta({ ...oneOfKeys('oneOf', ['skew', 'share']), dependentRequired: { hot: ['share'] } }),
  ])
  .optional()
  .describe('Different keys, k0, k1 …; default 0: records without a key. Skewed: { count, hot, share }.')

const library = (differs: string) =>
  schemaOf(
    words(...CLIENT_LIBRARIES),
    `What the client is written with, with its defaults and ways; default java; ${differs}`,
  )

export const producer = z
  .strictObject({
    client: library('they differ in partitions for records and in what is retried.').optional(),
    topic: schemaOf(text, 'The topic it writes to.'),
    count: setting(integer(1, 1000), 'How many of them; default 1.').optional(),
    rate: setting(rate, 'Records per second of each; default 100/s.').optional(),
    phases: z
      .array(phase)
      .optional()
      .describe('One rate after the other: [{ for: 10s, rate: 50/s }, { rate: 500/s }].'),
    bursts: z
      .strictObject({
        every: setting(duration, 'From the begin of one to that of the next.'),
        for: setting(duration, 'How long each lasts.'),
        rate: setting(rate, 'Records per second meanwhile.'),
      })
      .optional()
      .describe('Now and then at another rate; each time in the end of `every`.'),
    outstanding: setting(
      integer(1, 100_000),
      'A closed loop: so many records without an answer at a time, the next when one is answered, at no fixed rate.',
    ).optional(),
    think: setting(duration, 'With outstanding: from an answer to the next record; default 0s.').optional(),
    start: setting(duration, 'When it starts; default: as soon as there are topics.').optional(),
    total: setting(integer(1), 'Records of each in all; default: until the duration is over.').optional(),
    keys,
    tombstones: setting(probability, 'Share of records without a value: each deletes its key; default 0%.').optional(),
    size: schemaOf(perRecord(size), 'Size of a value; quantiles are drawn for each; default 100B.').optional(),
    config: configSchema('producer').optional(),
  })
  .meta({
    dependentRequired: { think: ['outstanding'] },
    not: {
      anyOf: [
        ...['rate', 'phases', 'bursts'].map((load) => ({ required: ['outstanding', load] })),
        { required: ['phases', 'bursts'] },
      ],
    },
  })

/** Infinity: as long as it takes. */
const tries: Literal<number> = {
  expected: 'a number of tries, or endless',
  json: { anyOf: [{ type: 'integer', minimum: 1, maximum: 1_000_000 }, { const: 'endless' }] },
  read: (raw) => {
    if (raw === 'endless') return { value: Infinity }
    return typeof raw === 'number' ? integer(1, 1_000_000).read(raw) : wrongType(tries, raw)
  },
}

/** For editors: dead letters need a topic, and nothing else does. */
const HAS_TOPIC = { required: ['topic'] }
// Not a promise: a key of the file.
// oxlint-disable-next-line unicorn/no-thenable
const DEAD_LETTER = { properties: { then: { const: 'dead-letter' } }, required: ['then'] }
const WHERE_TO = { anyOf: [{ allOf: [HAS_TOPIC, DEAD_LETTER] }, { not: { anyOf: [HAS_TOPIC, DEAD_LETTER] } }] }

const poison = z
  .union([
    schemaOf(words('retry', 'skip', 'close', 'crash'), 'Tries for ever; passes it by; closes its consumer; dies.'),
    z
      .strictObject({
        tries: schemaOf(tries, 'How often in all, or endless; default 1.').optional(),
        backoff: setting(duration, 'Between two tries; default 1s.').optional(),
        by: schemaOf(
          words(...RETRY_WAYS),
          'How it is tried again: without polling, or by way of a seek and the next poll; default in-place.',
        ).optional(),
        // Not a promise: a key of the file.
        // oxlint-disable-next-line unicorn/no-thenable
        then: schemaOf(words(...GIVE_UPS), 'In the end; default close.').optional(),
        topic: schemaOf(text, 'With dead-letter: where to.').optional(),
      })
      .meta(WHERE_TO),
  ])
  .optional()
  .describe('With members: what the application does with a poisonous record (see the verb poison); default close.')

export const consumer = z.strictObject({
  client: library('with members: they differ in when they commit and send heartbeats.').optional(),
  topic: schemaOf(text, 'The topic it reads.').optional(),
  topics: z.array(schemaOf(text, 'A topic.')).optional().describe('The topics it reads.'),
  partitions: z
    .union([schemaOf({ ...text, json: { const: 'all' } }, 'all'), z.array(schemaOf(integer(0, 9999), 'A partition.'))])
    .optional()
    .describe('Without members: partitions of each topic that it is assigned; default all.'),
  members: setting(integer(1, 1000), 'How many members; makes it a consumer group.').optional(),
  process: schemaOf(
    perRecord(duration),
    'With members: how long the application works on a record; quantiles are drawn for each; default 0s.',
  ).optional(),
  slow: z
    .strictObject({
      record: schemaOf(
        integer(1, 1_000_000_000),
        'The one of this number, in the first process of a member.',
      ).optional(),
      every: schemaOf(integer(1, 1_000_000_000), 'Every so many.').optional(),
      takes: setting(duration, 'How long it takes.'),
    })
    .meta(oneOfKeys('oneOf', ['record', 'every']))
    .optional()
    .describe('With members: records that a member works on much longer; counted from 1 as it handles them.'),
  commit: schemaOf(
    words(...COMMIT_MODES),
    'With members: when the application commits what a poll returned: after or before it is processed, async after, or never; default after, or never with enable.auto.commit.',
  ).optional(),
  from: schemaOf(
    words(...STARTING_POINTS),
    'With members: where it begins with each partition it is given; default: where its group left off.',
  ).optional(),
  workers: setting(
    integer(1, 1000),
    'With members: so many threads work on what is polled while polling goes on; default: the thread that polls does it.',
  ).optional(),
  queue: setting(
    integer(1, 1_000_000),
    'With workers: when so many records wait, partitions are paused; default 1000.',
  ).optional(),
  fails: z
    .strictObject({
      record: schemaOf(integer(1, 1_000_000_000), 'Which one of those that a member handles, counted from 1.'),
      // Not a promise: a key of the file.
      // oxlint-disable-next-line unicorn/no-thenable
      then: schemaOf(words(...FAILURE_ENDS), 'The member closes (default), as by `finally`, or crashes.').optional(),
    })
    .optional()
    .describe('With members: a record that the application of each member cannot handle, until it is started again.'),
  poison,
  restart: setting(
    duration,
    'With members: a process that ends, and was not asked to, is started again so much later; default: it stays down.',
  ).optional(),
  start: setting(duration, 'When it starts; default: as soon as there are topics.').optional(),
  config: consumerConfig,
})

export const monitor = z.strictObject({
  topic: schemaOf(text, 'The topic whose end it asks for.'),
  every: setting(duration, 'How often; default 200ms.').optional(),
  config: consumerConfig,
})
