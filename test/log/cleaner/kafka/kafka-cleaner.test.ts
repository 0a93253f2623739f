// What Kafka's own cleaner made of logs that ours wrote, byte for byte what ours makes of them. Recorded by
// `npx tsx conformance/cleaner.ts`, which needs Java and Maven.

import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { DIR } from '../../fixtures.ts'
import { CleanedLog } from '../cleaned-log.ts'
import { CASES, type Cleaned, type CleanerCase, namesIn, written } from './cases.ts'

const RECORDED = new URL('./cleaned-by-kafka.json', import.meta.url)
const recorded = JSON.parse(readFileSync(RECORDED, 'utf8')) as Readonly<Record<string, Cleaned>>

function cleanedByUs({ segmentBytes, deleteRetentionMs, rounds, ...each }: CleanerCase): Cleaned {
  const disk = written({ segmentBytes, deleteRetentionMs, rounds, ...each })
  const topic = new CleanedLog({ segmentBytes, deleteRetentionMs }, disk)
  topic.commit()
  topic.cleanedTo = 0
  const nextDirtyOffsets = rounds.map(({ nowMs, mapBytes, ioBufferBytes }) => {
    topic.clean({ nowMs, ioBufferBytes, mapEntries: Math.floor(mapBytes / 24), loadFactor: 0.9, anyway: true })
    return topic.cleanedTo ?? -1
  })
  const segments = namesIn(disk).filter((name) => name.endsWith('.log'))
  const base64 = (name: string) => Buffer.from(disk.bytes(`${DIR}/${name}`)).toString('base64')
  return { nextDirtyOffsets, segments: Object.fromEntries(segments.map((name) => [name, base64(name)])) }
}

describe('Kafka’s cleaner and ours make the same of', () => {
  it.each(CASES)('$name', (each) => {
    const theirs = recorded[each.name]
    expect(theirs).toBeDefined()
    expect(cleanedByUs(each)).toEqual(theirs)
  })

  it('logs of which something is left, and something goes', () => {
    for (const each of CASES) {
      const before = written(each)
      const sizeBefore = namesIn(before).reduce((sum, name) => sum + before.bytes(`${DIR}/${name}`).length, 0)
      const sizeAfter = Object.values(recorded[each.name]!.segments).join('').length * 0.75
      expect(sizeAfter).toBeGreaterThan(0)
      expect(sizeAfter).toBeLessThan(sizeBefore)
    }
  })
})
