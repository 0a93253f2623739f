// How logs are kept: segments so small that they roll, retention and compaction that have something to do within a minute,
// flushes, checkpoints, several log directories. A random part of it in each case.

import type { Dice } from './dice.ts'

export interface DrawnStorage {
  /** Of all brokers. */
  readonly broker: { readonly [key: string]: unknown }
  /** Of a topic, beside its own. */
  readonly topics: { readonly [topic: string]: { readonly [key: string]: unknown } }
  /** Topics that are compacted: what is written to them has to have keys. */
  readonly compacted: ReadonlySet<string>
  /** Share of records without a value, in %; 0: none. */
  readonly tombstones: number
  /** As `log.dirs` has them; empty: the one that is there by default. */
  readonly dirs: readonly string[]
}

type Settings = { readonly [key: string]: unknown }

export function drawStorage(dice: Dice, topics: readonly string[], hasGroups: boolean): DrawnStorage {
  const dirs = dice.chance(35) ? ['/data/a', '/data/b', '/data/c'].slice(0, dice.between(2, 3)) : []
  const compacted = new Set<string>()
  const own: { [topic: string]: Settings } = {}
  for (const topic of topics) {
    const policy = dice.weighted([
      [3, 'none'],
      [4, 'delete'],
      [4, 'compact'],
      [2, 'compact,delete'],
    ])
    if (policy.startsWith('compact')) compacted.add(topic)
    own[topic] = {
      ...drawSegments(dice),
      ...(policy === 'none' ? {} : { 'cleanup.policy': policy }),
      ...(policy.includes('delete') ? drawRetention(dice) : {}),
      ...(policy.startsWith('compact') ? drawCompaction(dice) : {}),
      ...drawFlushes(dice),
    }
  }
  return {
    broker: {
      ...(dirs.length > 0 ? { 'log.dirs': dirs.join(',') } : {}),
      ...drawSchedules(dice),
      ...(hasGroups && dice.chance(70) ? drawOffsetsTopic(dice) : {}),
    },
    topics: own,
    compacted,
    tombstones: compacted.size > 0 && dice.chance(75) ? dice.spread(5, 60) : 0,
    dirs,
  }
}

/** They roll after a few records, a few seconds, or when an index is full. */
function drawSegments(dice: Dice): Settings {
  return {
    ...(dice.chance(65) ? { 'segment.bytes': dice.spread(400, 20_000) } : {}),
    ...(dice.chance(45) ? { 'segment.ms': dice.spread(500, 8000) } : {}),
    ...(dice.chance(20) ? { 'segment.jitter.ms': dice.spread(50, 2000) } : {}),
    ...(dice.chance(50) ? { 'index.interval.bytes': dice.spread(50, 2000) } : {}),
    ...(dice.chance(15) ? { 'segment.index.bytes': 12 * dice.spread(2, 20) } : {}),
  }
}

function drawRetention(dice: Dice): Settings {
  const byTime = dice.chance(60)
  return {
    ...(byTime ? { 'retention.ms': dice.spread(1000, 16_000) } : {}),
    ...(!byTime || dice.chance(30) ? { 'retention.bytes': dice.spread(500, 30_000) } : {}),
    ...drawDelay(dice),
  }
}

function drawCompaction(dice: Dice): Settings {
  return {
    'min.cleanable.dirty.ratio': dice.pick([0, 0.01, 0.1, 0.5]),
    ...(dice.chance(70) ? { 'delete.retention.ms': dice.chance(25) ? 0 : dice.spread(100, 16_000) } : {}),
    ...(dice.chance(20) ? { 'min.compaction.lag.ms': dice.spread(100, 4000) } : {}),
    ...(dice.chance(25) ? { 'max.compaction.lag.ms': dice.spread(4000, 16_000) } : {}),
    ...drawDelay(dice),
  }
}

/** Files that were deleted are there for as long, under another name. */
function drawDelay(dice: Dice): Settings {
  return dice.chance(70) ? { 'file.delete.delay.ms': dice.chance(20) ? 0 : dice.spread(50, 8000) } : {}
}

function drawFlushes(dice: Dice): Settings {
  return {
    ...(dice.chance(20) ? { 'flush.messages': dice.spread(1, 60) } : {}),
    ...(dice.chance(20) ? { 'flush.ms': dice.spread(50, 8000) } : {}),
  }
}

function drawSchedules(dice: Dice): Settings {
  return {
    'log.retention.check.interval.ms': dice.spread(200, 5000),
    'log.cleaner.backoff.ms': dice.spread(100, 4000),
    ...(dice.chance(20) ? { 'log.cleaner.threads': 2 } : {}),
    ...(dice.chance(10) ? { 'log.cleaner.io.max.bytes.per.second': dice.spread(2000, 60_000) } : {}),
    ...(dice.chance(50) ? { 'log.flush.offset.checkpoint.interval.ms': dice.spread(200, 8000) } : {}),
    ...(dice.chance(40) ? { 'log.flush.start.offset.checkpoint.interval.ms': dice.spread(200, 8000) } : {}),
    ...(dice.chance(30) ? { 'log.flush.scheduler.interval.ms': dice.spread(50, 4000) } : {}),
    ...(dice.chance(25)
      ? {
          'producer.id.expiration.ms': dice.spread(500, 16_000),
          'producer.id.expiration.check.interval.ms': dice.spread(200, 4000),
        }
      : {}),
  }
}

/** What groups commit is compacted as well. */
function drawOffsetsTopic(dice: Dice): Settings {
  return {
    // What a group of many members is fits into a segment.
    'offsets.topic.segment.bytes': dice.spread(6000, 16_000),
    'log.cleaner.min.cleanable.ratio': dice.pick([0, 0.01, 0.5]),
    ...(dice.chance(50) ? { 'log.cleaner.delete.retention.ms': dice.spread(100, 16_000) } : {}),
  }
}
