// Where what is pinned lies: test/golden/hashes.json has the rows (add one with an empty hash, and pin), one .bin each has
// the events behind a row's hash, verdicts/ has the verdicts of whole scenarios.

import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { format } from 'prettier'
import type { Verdict } from '../../src/scenario/run-result.ts'
import { EventRecord } from './event-record.ts'

export interface GoldenRow {
  /** Name of a file in scenarios/, without its ending. */
  readonly scenario: string
  readonly seed: number
  /** As with `--set`: makes the run short, so that its events take little room. */
  readonly set: readonly string[]
  readonly events: number
  readonly hash: string
}

export const VERDICT_SEEDS = [1, 42] as const

const GOLDEN = new URL('../../test/golden/', import.meta.url)
const VERDICTS = new URL('verdicts/', GOLDEN)
const SCENARIOS = new URL('../../scenarios/', import.meta.url)

export function scenarioNames(): string[] {
  const files = readdirSync(SCENARIOS).filter((name) => name.endsWith('.yaml'))
  return files.map((name) => name.replace('.yaml', '')).toSorted()
}

export function scenarioText(name: string): string {
  return readFileSync(new URL(`${name}.yaml`, SCENARIOS), 'utf8')
}

export function readRows(): GoldenRow[] {
  return JSON.parse(readFileSync(new URL('hashes.json', GOLDEN), 'utf8')) as GoldenRow[]
}

export async function writeRows(rows: readonly GoldenRow[]): Promise<void> {
  await writeJson(new URL('hashes.json', GOLDEN), rows)
}

/** The events when the row was pinned; undefined if it never was. */
export function readRecord(row: GoldenRow): EventRecord | undefined {
  const file = recordFile(row)
  return existsSync(file) ? EventRecord.decode(readFileSync(file)) : undefined
}

export function writeRecord(row: GoldenRow, record: EventRecord): void {
  writeFileSync(recordFile(row), record.encode())
}

/** None if never pinned. */
export function readVerdicts(scenario: string): Verdict[] {
  const file = new URL(`${scenario}.json`, VERDICTS)
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Verdict[]) : []
}

export async function writeVerdicts(scenario: string, verdicts: readonly Verdict[]): Promise<void> {
  mkdirSync(VERDICTS, { recursive: true })
  await writeJson(new URL(`${scenario}.json`, VERDICTS), verdicts)
}

function recordFile({ scenario, seed }: GoldenRow): URL {
  return new URL(`${scenario}-${seed}.bin`, GOLDEN)
}

/** As the formatter would have it, so that both agree on the file. */
async function writeJson(file: URL, value: unknown): Promise<void> {
  writeFileSync(file, await format(JSON.stringify(value), { parser: 'json', printWidth: 120 }))
}
