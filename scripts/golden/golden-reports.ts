// Reports as people see them, pinned whole: a handful of short runs, each at one width and with or without colour. What a
// run takes here is no part of it.

import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { Chalk } from 'chalk'
import { terminalReport } from '../../reports/terminal/report.ts'
import { engine } from '../../src/cli/engine.ts'
import { replayCommand } from '../../src/cli/replay-command.ts'
import type { RunResult } from '../../src/scenario/run-result.ts'

const ROOT = new URL('../../', import.meta.url)
const REPORTS = new URL('test/golden/reports/', ROOT)

export interface PinnedReport {
  /** Name of its file. */
  readonly name: string
  /** Of the scenario, from the root of the package. */
  readonly scenario: string
  /** Of a matrix. */
  readonly row?: string
  readonly columns: number
  readonly coloured?: true
}

const ACKS_1 = { scenario: 'scenarios/bugs/rb-21-acks1.yaml', row: 'acks=1' }
const LAST_REPLICA = {
  scenario: 'scenarios/bugs/rb-08-last-replica-standing.yaml',
  row: 'eligible.leader.replicas.version=0',
}
const MANY_PARTITIONS = { scenario: 'test/golden/reports/many-partitions.yaml' }
const STUCK = { scenario: 'test/golden/reports/stuck.yaml' }

export const PINNED_REPORTS: readonly PinnedReport[] = [
  { name: 'acks1-80.txt', ...ACKS_1, columns: 80 },
  { name: 'acks1-80.ansi', ...ACKS_1, columns: 80, coloured: true },
  { name: 'acks1-120.txt', ...ACKS_1, columns: 120 },
  { name: 'last-replica-80.txt', ...LAST_REPLICA, columns: 80 },
  { name: 'last-replica-120.txt', ...LAST_REPLICA, columns: 120 },
  { name: 'many-partitions-80.txt', ...MANY_PARTITIONS, columns: 80 },
  { name: 'many-partitions-120.ansi', ...MANY_PARTITIONS, columns: 120, coloured: true },
  { name: 'stuck-80.txt', ...STUCK, columns: 80 },
]

/** Each run once, however often it is shown. */
export class ReportRuns {
  private readonly results = new Map<string, RunResult>()

  textOf({ scenario, row, columns, coloured }: PinnedReport): string {
    const chalk = new Chalk({ level: coloured === true ? 1 : 0 })
    return terminalReport(this.result(scenario, row), { chalk, columns, wallMs: 0 })
  }

  private result(file: string, label: string | undefined): RunResult {
    const key = `${file} ${label ?? ''}`
    const known = this.results.get(key)
    if (known !== undefined) return known
    const { rows = [], report } = engine.load(file, readFileSync(new URL(file, ROOT), 'utf8'), [])
    const loaded = label === undefined ? rows[0] : rows.find(({ row }) => row?.label === label)
    if (loaded === undefined) throw new Error(`${file} has no row ${label ?? ''}: ${report}`)
    const seed = loaded.seed ?? 1
    const reproduce = replayCommand({ settings: [], until: undefined }, file, seed, loaded.row)
    const result = engine.run(loaded, { seed, reproduce, recheck: 'off' })
    this.results.set(key, result)
    return result
  }
}

/** '' if it was never pinned. */
export function readReport({ name }: PinnedReport): string {
  const file = new URL(name, REPORTS)
  return existsSync(file) ? readFileSync(file, 'utf8') : ''
}

export function writeReport({ name }: PinnedReport, text: string): void {
  mkdirSync(REPORTS, { recursive: true })
  writeFileSync(new URL(name, REPORTS), text)
}

/** The first line that differs, for people; empty if none does. */
export function reportChanges(pinned: PinnedReport, text: string): string[] {
  const before = readReport(pinned)
  if (before === text) return []
  if (before === '') return [`report ${pinned.name}, pinned for the first time`]
  const [old, now] = [before.split('\n'), text.split('\n')]
  const at = now.findIndex((line, i) => line !== old[i])
  return [
    `report ${pinned.name}, line ${at + 1}:`,
    `  was ${old[at] ?? '(nothing)'}`,
    `  is  ${now[at] ?? '(nothing)'}`,
  ]
}
