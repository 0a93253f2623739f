// The stories of records that are pinned (test/golden/stories/): one for each thing that people ask about.

import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { Chalk } from 'chalk'
import { recordStoryReport } from '../../reports/terminal/record-story.ts'
import { parseRecordQuery } from '../../src/scenario/story/record-query.ts'
import type { RecordStory } from '../../src/scenario/story/record-story.ts'
import { tellStory } from '../../src/scenario/story/tell-story.ts'
import { play } from './golden-runs.ts'

export interface GoldenStory {
  readonly name: string
  readonly scenario: string
  readonly record: string
  readonly set: readonly string[]
}

export const STORY_COLUMNS = [80, 120] as const
const SEED = 42
const STORIES = new URL('../../test/golden/stories/', import.meta.url)

export const GOLDEN_STORIES: readonly GoldenStory[] = [
  { name: 'lost', scenario: 'acks1-loss', record: 'orders-0@4822', set: [] },
  {
    name: 'safe',
    scenario: 'acks1-loss',
    record: 'web[0]#4822',
    set: ['producers.web.config={ acks: all, enable.idempotence: true }'],
  },
  { name: 'duplicated', scenario: 'one-way-partition', record: 'web[0]#1994', set: [] },
  {
    name: 'unknown',
    scenario: 'one-way-partition',
    record: 'web[0]#1994',
    set: ['producers.web.config.delivery.timeout.ms=6000'],
  },
]

export function goldenStory({ scenario, record, set }: GoldenStory): RecordStory {
  const query = parseRecordQuery(record)
  if (query === undefined) throw new Error(`no record: ${record}`)
  const result = tellStory(query, (watch) => play({ scenario, seed: SEED, set }, { watch, invariants: false }))
  if (!result.ok) throw new Error(result.problem)
  return result.story
}

export function storyText(story: RecordStory, columns: number): string {
  return recordStoryReport(story, { chalk: new Chalk({ level: 0 }), columns })
}

/** Undefined if it is not pinned yet. */
export function readStory(name: string, columns: number): string | undefined {
  const file = storyFile(name, columns)
  return existsSync(file) ? readFileSync(file, 'utf8') : undefined
}

export function writeStory(name: string, columns: number, text: string): void {
  mkdirSync(STORIES, { recursive: true })
  writeFileSync(storyFile(name, columns), text)
}

function storyFile(name: string, columns: number): URL {
  return new URL(`${name}-${columns}.txt`, STORIES)
}
