// What goes wrong, and when: every key of a fault. Each has one verb; the rest says when, how often and how long.

import * as z from 'zod'
import { APIS } from '../../protocol/api-keys.ts'
import { apiName, linkGroups, partitionName, partitionsToElect, repetition, targets } from './fault-literals.ts'
import {
  bandwidth,
  drawn,
  duration,
  flag,
  integer,
  type JsonFragment,
  latency,
  type Literal,
  oneOfKeys,
  probability,
  schemaOf,
  signedDuration,
  size,
  text,
  words,
} from '../text/literals.ts'
import { CONSUMER_CONFIG } from '../language/config-literals.ts'
import { DISK_OPERATIONS } from './fault-model.ts'
import { trigger } from './trigger.ts'

const setting = (literal: Literal<number>, description: string) => schemaOf(drawn(literal, true), description)

const hit = (what: string) => schemaOf(targets, what).optional()
const oneWay = schemaOf(flag, 'Only what goes from `from` to `to` suffers.').optional()
const between = {
  from: schemaOf(targets, 'One end.'),
  to: hit('The other end; default: all others.'),
  'one-way': oneWay,
}
const linkSets = (what: string) =>
  z
    .union([schemaOf(linkGroups, what), z.strictObject(between)])
    .optional()
    .describe(what)

const ends = {
  on: hit('Links of these with all others.'),
  from: hit('One end.'),
  to: hit('The other end; default: all others.'),
}
const links = { ...ends, 'one-way': oneWay }

/** Whose links? */
const ENDS = oneOfKeys('oneOf', ['on', 'from'])

const api = schemaOf(apiName(Object.keys(APIS)), 'Frames of this API.')
const frames = {
  api,
  ...ends,
  from: hit('Who asks.'),
  to: hit('Who answers; default: all others.'),
  direction: schemaOf(words('request', 'response'), 'Default: request.').optional(),
  nth: schemaOf(integer(1, 1_000_000), 'The first one hit, counted from when the fault happens; default 1.').optional(),
  count: schemaOf(integer(1, 1_000_000), 'How many; default: all, or with `nth` one.').optional(),
}

const slower = (what: string) =>
  z
    .union([
      schemaOf(targets, 'Target(s), 10 times slower.'),
      z.strictObject({ on: schemaOf(targets, 'Whose.'), factor: setting(integer(1, 1_000_000), 'Times slower.') }),
    ])
    .optional()
    .describe(what)

const dir = schemaOf(text, 'The disk of this log directory, as `log.dirs` has it; default: all disks.').optional()

const diskOf = (what: string) =>
  z
    .union([schemaOf(targets, what), z.strictObject({ on: schemaOf(targets, 'Whose.'), dir })])
    .optional()
    .describe(what)

const slowDisk = z
  .union([
    schemaOf(targets, 'Target(s), 10 times slower.'),
    z.strictObject({ on: schemaOf(targets, 'Whose.'), dir, factor: setting(integer(1, 1_000_000), 'Times slower.') }),
  ])
  .optional()
  .describe('Syncs and cold reads take longer.')

const diskFull = z
  .union([
    schemaOf(targets, 'Target(s); nothing more fits.'),
    z.strictObject({
      on: schemaOf(targets, 'Whose.'),
      dir,
      free: setting(size, 'What still fits; default 0B.').optional(),
    }),
  ])
  .optional()
  .describe('No room for more, but for what is deleted. Healed, a broker that halted is started.')

const diskError = z
  .union([
    schemaOf(targets, 'Target(s); every operation fails.'),
    z.strictObject({
      on: schemaOf(targets, 'Whose.'),
      dir,
      op: schemaOf(words(...DISK_OPERATIONS), 'What fails; default: all.').optional(),
      nth: schemaOf(
        integer(1, 1_000_000),
        'The first that fails, counted from when the fault happens; default 1.',
      ).optional(),
      count: schemaOf(integer(1, 1_000_000), 'How many; default: all, or with `nth` one.').optional(),
      probability: schemaOf(probability, 'Of each of these.').optional(),
    }),
  ])
  .optional()
  .describe('Operations fail with an I/O error. Healed, a broker that lost a directory is restarted.')

const corrupt = z
  .union([
    schemaOf(targets, 'Target(s): one bit of a segment file, drawn.'),
    z.strictObject({
      on: schemaOf(targets, 'Whose.'),
      partition: schemaOf(partitionName, 'In the log of this replica, such as orders-0.').optional(),
      offset: schemaOf(integer(0), 'With partition: in the batch that holds this offset.').optional(),
      file: schemaOf(text, 'In this file below the log directory: orders-0/leader-epoch-checkpoint.').optional(),
      position: schemaOf(integer(0), 'With file: of this byte; default: drawn.').optional(),
      count: schemaOf(integer(1, 1000), 'How many bits; default 1.').optional(),
    }),
  ])
  .optional()
  .describe('Bit rot: bits of a file change of themselves, and nobody is told.')

/** The verbs that are built, in the order of the schema. */
export const FAULT_VERBS = [
  'kill',
  'start',
  'stop',
  'sigterm',
  'restart',
  'rolling-restart',
  'power-loss',
  'pause',
  'isolate',
  'partition',
  'clog',
  'reset',
  'half-open',
  'latency',
  'bandwidth',
  'loss',
  'delay',
  'drop',
  'duplicate-delivery',
  'slow-disk',
  'stall-disk',
  'disk-full',
  'disk-error',
  'corrupt',
  'lying-sync',
  'slow-cpu',
  'clock-jump',
  'clock-drift',
  'elect',
  'add-partitions',
  'delete-records',
  'alter-offsets',
  'scale',
  'poison',
] as const

/** For editors: what goes together, and what does not. */
const TOGETHER: JsonFragment = {
  ...oneOfKeys('oneOf', FAULT_VERBS),
  ...oneOfKeys('anyOf', ['at', 'when']),
  not: { required: ['for', 'forever'] },
  dependentRequired: {
    after: ['when'],
    lose: ['power-loss'],
    grace: ['sigterm'],
    'torn-write': ['power-loss'],
    down: ['rolling-restart'],
    every: ['rolling-restart'],
    wait: ['rolling-restart'],
    with: ['rolling-restart'],
    config: ['rolling-restart'],
  },
}

export const faultSchema = z
  .strictObject({
    id: schemaOf(text, 'Its name; default: verb and number, such as kill-1.').optional(),
    at: setting(duration, 'When it happens, from the start; with `when`: not before.').optional(),
    when: schemaOf(trigger, 'What it waits for: happens once, at the first event with which this is so.').optional(),
    after: setting(duration, 'With `when`: so much later.').optional(),
    repeat: schemaOf(
      repetition,
      'Again and again: every 20s x5; without a number, until the duration is over.',
    ).optional(),
    probability: schemaOf(probability, 'Of happening at all, drawn each time.').optional(),
    for: setting(duration, 'How long; then it is healed. Default: until the end of the duration.').optional(),
    forever: schemaOf(flag, 'Never healed.').optional(),
    optional: schemaOf(flag, 'The run is not vacuous if it never fired.').optional(),
    kill: hit('The process dies; its machine stays up. Healed by a start.'),
    start: hit('A process that is down is started.'),
    stop: hit('The process is asked to stop, as by SIGTERM, and does so in its time. Healed by a start.'),
    sigterm: hit('Asked to stop as by an orchestrator: killed when `grace` is over. Healed by a start.'),
    grace: setting(duration, 'With sigterm: how long it may take; default 30s.').optional(),
    probe: setting(
      duration,
      'With kill, start, restart or power-loss of brokers: one that does not serve so long after its start is killed and started again, and again.',
    ).optional(),
    restart: hit('Killed and started, at once or after `for`.'),
    'rolling-restart': hit('Restarted one after the other; see down, every, wait, with.'),
    down: setting(duration, 'With rolling-restart: how long each is down; default 5s.').optional(),
    every: setting(duration, 'With rolling-restart: from one to the next, at least.').optional(),
    wait: schemaOf(
      words('isr-full', 'none'),
      'With rolling-restart: before the next; default isr-full, or none with every.',
    ).optional(),
    with: schemaOf(words('stop', 'kill'), 'With rolling-restart: default stop.').optional(),
    config: CONSUMER_CONFIG.optional().describe(
      'With rolling-restart of a group: consumer configs that its members come back with.',
    ),
    'power-loss': hit('The machine loses power and unsynced data. Healed by a start.'),
    lose: schemaOf(words('some', 'all-unflushed'), 'With power-loss: what of the unsynced data.').optional(),
    'torn-write': schemaOf(
      flag,
      'With power-loss: the last write of every file that survives is torn; default: by chance (disk.torn-write).',
    ).optional(),
    pause: hit('The process stands still (a long garbage collection), then goes on.'),
    isolate: hit('The targets, together, can reach nobody else and nobody them.'),
    partition: linkSets('Nothing passes: [[a], [b]] between groups; { from, to, one-way }; a target: with all others.'),
    clog: linkSets('Everything stalls and arrives, in order, when healed. Forms as for partition.'),
    reset: linkSets('Open connections break, and both ends are told. Forms as for partition.'),
    'half-open': linkSets('`to` (default: all others) forgets its connections with `from`, and tells nobody.'),
    latency: z
      .strictObject({ ...links, by: schemaOf(latency, 'Extra delay, drawn for each message.') })
      .meta(ENDS)
      .optional()
      .describe('Messages take longer.'),
    bandwidth: z
      .strictObject({ ...links, limit: setting(bandwidth, 'Width of each link, each way.') })
      .meta(ENDS)
      .optional()
      .describe('Links are narrow: messages queue for them.'),
    loss: z
      .strictObject({ ...links, probability: schemaOf(probability, 'Of a packet being lost; below 100%.') })
      .meta(ENDS)
      .optional()
      .describe('Packets are lost and sent again: messages arrive late.'),
    delay: z
      .strictObject({ ...frames, by: setting(duration, 'How much.') })
      .meta(ENDS)
      .optional()
      .describe('Requests (or responses) of one API come late, and all behind them on their connections.'),
    drop: z
      .strictObject(frames)
      .meta(ENDS)
      .optional()
      .describe('Requests (or responses) of one API are lost, and their connections with them (TCP).'),
    'duplicate-delivery': z
      .strictObject({
        ...ends,
        api: api.optional(),
        from: hit('Who asks.'),
        to: hit('Who answers; default: all others.'),
        probability: schemaOf(probability, 'Of each request being handled twice.'),
      })
      .meta(ENDS)
      .optional()
      .describe('An answer is lost with its connection: who asked asks again, and the request is handled twice.'),
    'slow-disk': slowDisk,
    'stall-disk': diskOf('Syncs and cold reads make no progress.'),
    'disk-full': diskFull,
    'disk-error': diskError,
    corrupt,
    'lying-sync': diskOf('Syncs end in time and make nothing durable.'),
    'slow-cpu': slower('Work takes longer.'),
    'clock-jump': z
      .strictObject({ on: schemaOf(targets, 'Whose.'), by: setting(signedDuration, 'Forwards, or back: -5m.') })
      .optional()
      .describe('The wall clock is set; timers go on as they were.'),
    'clock-drift': z
      .strictObject({
        on: schemaOf(targets, 'Whose.'),
        ppm: setting(integer(-500_000, 500_000), 'Parts per million; positive is fast.'),
      })
      .optional()
      .describe('Clocks and timers run fast or slow.'),
    elect: z
      .strictObject({
        partitions: schemaOf(partitionsToElect, 'all, or a list: [orders-0].'),
        type: schemaOf(words('preferred', 'unclean'), 'Default: preferred.').optional(),
      })
      .optional()
      .describe('An administrator has leaders elected (ElectLeaders).'),
    'add-partitions': z
      .strictObject({
        topic: schemaOf(text, 'Which topic.'),
        to: schemaOf(integer(1, 10_000), 'How many partitions it is to have.'),
      })
      .optional()
      .describe('An administrator adds partitions to a topic (CreatePartitions).'),
    'alter-offsets': z
      .strictObject({
        group: schemaOf(text, 'Which group; its coordinator agrees while it has no members.'),
        topic: schemaOf(text, 'Of all partitions of which topic.'),
        to: schemaOf(integer(0), 'The offset from which the group is to go on.'),
      })
      .optional()
      .describe('An administrator sets the committed offsets of a group (AlterConsumerGroupOffsets).'),
    scale: z
      .strictObject({
        group: schemaOf(text, 'Which group.'),
        members: setting(integer(0, 1000), 'How many members it is to have.'),
      })
      .optional()
      .describe('Members of a group are started, or the last ones asked to stop.'),
    poison: hit('Of producers: the next record that each sends is one that no consumer can ever handle.'),
    'delete-records': z
      .strictObject({
        partitions: schemaOf(partitionsToElect, 'all, or a list: [orders-0].'),
        before: schemaOf(integer(0), 'What lies below this offset; default: below the high watermark.').optional(),
      })
      .optional()
      .describe('An administrator deletes the oldest records (DeleteRecords).'),
  })
  .meta(TOGETHER)

export type FaultShape = z.output<typeof faultSchema>

export type FaultVerb = (typeof FAULT_VERBS)[number]

/** Keys that are no verbs. */
export const FAULT_PLAIN_KEYS: readonly string[] = Object.keys(faultSchema.shape).filter(
  (key) => !FAULT_VERBS.some((verb) => verb === key),
)

/** They end as they happen: there is nothing to heal. */
export const INSTANT_VERBS: readonly FaultVerb[] = [
  'start',
  'reset',
  'half-open',
  'corrupt',
  'clock-jump',
  'elect',
  'add-partitions',
  'delete-records',
  'alter-offsets',
  'scale',
  'poison',
]

/** The verbs a fault has: one, if it is a good one. */
export function verbsOf(fault: FaultShape): FaultVerb[] {
  return FAULT_VERBS.filter((verb) => fault[verb] !== undefined)
}
