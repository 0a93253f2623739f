// Why a reader's table is wrong although nothing was lost: the cleaner took what it was allowed to take, before the reader
// came by.

import { type CauseRule, topicSetting } from './cause.ts'

export const COMPACTION_RULES: readonly CauseRule[] = [
  {
    id: 'tombstone-compacted-away',
    says: 'a tombstone had been compacted away before the reader came by',
    recognise: (mishap, { scenario }) => {
      if (mishap.kind !== 'resurrected') return undefined
      const { consumer, partition, key, offset, tombstone } = mishap.record
      const topic = scenario.topics.find(({ name }) => partition.startsWith(`${name}-`))
      if (topic === undefined) return undefined
      const keptMs = topic.config['delete.retention.ms']
      return {
        key: `tombstone-compacted-away ${consumer} ${topic.name}`,
        rule: 'tombstone-compacted-away',
        happened:
          `${consumer} read ${key} at ${partition}@${offset} and holds it still. The key was deleted at @${tombstone}, but ` +
          'the reader was away meanwhile: when it came by, the tombstone was gone. Compaction keeps tombstones for ' +
          `${keptMs} ms after the first round that saw them; who reads later is not told that anything was deleted.`,
        because: [topicSetting(scenario, topic, 'delete.retention.ms', 'log.cleaner.delete.retention.ms')],
        cites: 'R-32, R-33',
        cures: [
          {
            text: 'keep tombstones for longer than any reader is away, or have who was away longer read all from the start',
            set: [`topics.${topic.name}.config.delete.retention.ms=${Math.max(keptMs * 2, 86_400_000)}`],
          },
        ],
      }
    },
  },
]
