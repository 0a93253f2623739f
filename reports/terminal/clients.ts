// What clients lived through: the fate of every record, the longest time without an acknowledgement, what they were told.

import type { HistorySummary, RunResult } from '../../src/scenario/run-result.ts'
import { count, span, virtualTime } from '../figures.ts'
import { printable } from './cell-text.ts'
import { labelled, type Labelled, type Layout } from './layout.ts'

/** Gaps shorter than this are ordinary batching and round trips. */
const NOTABLE_GAP_MS = 1
const MAX_GAPS = 5
const MAX_ERRORS = 8

export function clientLines(layout: Layout, result: RunResult): string[] {
  const { history } = result.verdict
  const entries: Labelled[] = [{ label: 'records', text: fates(history) }, anomalies(layout, history)]
  const gaps = writeGapText(result.writeGaps)
  if (gaps !== '') entries.push({ label: 'longest write gap', text: gaps })
  const errors = errorText(result.clientErrors)
  if (errors !== '') entries.push({ label: 'errors seen', text: errors })
  return labelled(layout, 2, entries)
}

function fates(history: HistorySummary): string {
  const { produced, acked, failed, unknown, delivered } = history
  const fate = (n: number, word: string): string => `${count(n)} ${word}`
  const parts = [fate(produced, 'produced'), fate(acked, 'acked'), fate(failed, 'failed'), fate(unknown, 'unknown')]
  return `${parts.join(', ')}; ${fate(delivered, 'delivered')}`
}

function anomalies(layout: Layout, { lost, duplicated, reordered }: HistorySummary): Labelled {
  const text = `${count(lost)} acked and lost, ${count(duplicated)} duplicated, ${count(reordered)} reordered`
  const paint = lost + duplicated + reordered === 0 ? undefined : layout.palette.notable
  return { label: 'anomalies', text, ...(paint && { paint }) }
}

function writeGapText(gaps: RunResult['writeGaps']): string {
  const notable = gaps.filter(({ gapMs }) => gapMs >= NOTABLE_GAP_MS).toSorted((a, b) => b.gapMs - a.gapMs)
  const shown = notable.slice(0, MAX_GAPS).map(({ topic, partition, gapMs, endedAtMs }) => {
    const where = partition === '' ? topic : `${topic}, on ${partition}`
    return `${span(gapMs)} (${where}, until ${virtualTime(endedAtMs)})`
  })
  if (notable.length > MAX_GAPS) shown.push(`… ${notable.length - MAX_GAPS} topics more`)
  return shown.join(', ')
}

function errorText(errors: ReadonlyMap<string, number>): string {
  const sorted = [...errors].toSorted(([nameA, a], [nameB, b]) => b - a || (nameA < nameB ? -1 : 1))
  const shown = sorted.slice(0, MAX_ERRORS).map(([name, times]) => `${printable(name)} × ${count(times)}`)
  if (sorted.length > MAX_ERRORS) shown.push(`… ${sorted.length - MAX_ERRORS} more`)
  return shown.join(', ')
}
