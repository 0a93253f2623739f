// What clients lived through: the fate of every record by producer and consumer, how long it took, the longest time
// without an acknowledgement, what they were told.

import type {
  ConsumerSummary,
  ErrorCount,
  LatencySummary,
  ProducerSummary,
} from '../../src/history/client-summaries.ts'
import type { RunResult } from '../../src/scenario/run-result.ts'
import type { GroupSummary } from '../../src/history/group-summaries.ts'
import { count, latency, span, virtualTime } from '../figures.ts'
import { printable, truncate, widthOf } from './cell-text.ts'
import { labelled, type Labelled, type Layout } from './layout.ts'
import { type Cell, cell, table } from './table.ts'

/** Gaps shorter than this are ordinary batching and round trips. */
const NOTABLE_GAP_MS = 1
const MAX_GAPS = 5
const MAX_ERRORS = 8
const MAX_CLIENTS = 16
const MAX_NAME = 22

export function clientLines(layout: Layout, { clients, groups, writeGaps }: RunResult): string[] {
  const producers = clients.producers.slice(0, MAX_CLIENTS)
  const consumers = clients.consumers.slice(0, MAX_CLIENTS)
  const hidden = clients.producers.length + clients.consumers.length - producers.length - consumers.length
  return [
    ...producerTable(layout, producers),
    ...consumerTable(layout, consumers),
    ...groupTable(layout, groups.slice(0, MAX_CLIENTS)),
    ...latencyTable(layout, producers, consumers),
    ...(hidden > 0 ? [`  ${layout.palette.faint(`… ${hidden} clients more`)}`] : []),
    ...labelled(layout, 2, [...gapEntries(writeGaps), ...errorEntries(producers, groups)]),
  ]
}

function producerTable(layout: Layout, producers: readonly ProducerSummary[]): string[] {
  const rows = producers.map((producer) => [
    producer.name,
    ...(['produced', 'acked', 'failed', 'unknown', 'lost', 'duplicated', 'reordered'] as const).map(
      (fate) => [fate, producer[fate]] as const,
    ),
  ])
  const head = ['producer', 'produced', 'acked', 'failed', 'unknown', 'lost', 'duplicated', 'reordered']
  return figures(layout, head, rows)
}

function consumerTable(layout: Layout, consumers: readonly ConsumerSummary[]): string[] {
  const rows = consumers.map(({ name, delivered, skipped, wentBack, inconsistent }) => [
    name,
    ['delivered', delivered] as const,
    ['skipped', skipped] as const,
    ['went back', wentBack] as const,
    ['inconsistent', inconsistent] as const,
  ])
  return figures(layout, ['consumer', 'delivered', 'skipped', 'went back', 'inconsistent'], rows)
}

function groupTable(layout: Layout, groups: readonly GroupSummary[]): string[] {
  if (groups.length === 0) return []
  const { palette } = layout
  const number = (n: number, isOrdinary = false) =>
    n > 0 && !isOrdinary ? cell(count(n), palette.notable) : cell(count(n))
  const rows = groups.map(({ name, rebalances, thrownOut, redelivered, stoppedUs, longestStopUs }) => [
    cell(nameText(name), palette.strong),
    number(rebalances, true),
    number(thrownOut),
    number(redelivered),
    cell(latency(stoppedUs)),
    cell(latency(longestStopUs)),
  ])
  const titles = ['group', 'rebalances', 'thrown out', 'redelivered', 'stopped', 'at most']
  const heading = titles.map((title) => cell(title, palette.faint))
  const align = titles.map((_, column) => (column === 0 ? ('left' as const) : ('right' as const)))
  return table([heading, ...rows], { indent: 2, align, columns: layout.columns })
}

type Figure = string | readonly [what: string, n: number]

function figureText(figure: Figure | undefined): string {
  if (figure === undefined) return ''
  return typeof figure === 'string' ? nameText(figure) : count(figure[1])
}

/** What is as it should be: any number of these is no anomaly. */
const ORDINARY: ReadonlySet<string> = new Set(['produced', 'acked', 'delivered'])

function figures(layout: Layout, head: readonly string[], rows: readonly (readonly Figure[])[]): string[] {
  if (rows.length === 0) return []
  const { palette } = layout
  const cells = rows.map((row) =>
    row.map((item): Cell => {
      if (typeof item === 'string') return cell(nameText(item), palette.strong)
      const [what, n] = item
      return n > 0 && !ORDINARY.has(what) ? cell(count(n), palette.notable) : cell(count(n))
    }),
  )
  const heading = head.map((title) => cell(title, palette.faint))
  const align = ['left', ...head.slice(1).map(() => 'right' as const)] as const
  const lines = table([heading, ...cells], { indent: 2, align })
  const width =
    2 +
    head.reduce((sum, title, column) => {
      const widths = [title, ...rows.map((row) => figureText(row[column]))].map(widthOf)
      return sum + 2 + Math.max(...widths)
    }, -2)
  if (width <= layout.columns) return lines
  // On a narrow terminal what never happened is left out.
  const told = head.map((title, column) => {
    const happened = rows.some((row) => typeof row[column] !== 'string' && (row[column]?.[1] ?? 0) > 0)
    return column === 0 || ORDINARY.has(title) || happened
  })
  const kept = [heading, ...cells].map((row) => row.filter((_, column) => told[column]))
  return table(kept, { indent: 2, align, columns: layout.columns })
}

function latencyTable(
  layout: Layout,
  producers: readonly ProducerSummary[],
  consumers: readonly ConsumerSummary[],
): string[] {
  const { palette } = layout
  const row = (name: string, what: string, summary: LatencySummary | undefined): Cell[][] => {
    if (summary === undefined) return []
    const { p50Us, p99Us, maxUs } = summary
    const times = [p50Us, p99Us, maxUs].map((us) => cell(latency(us)))
    return [[cell(nameText(name), palette.strong), ...times, cell(what, palette.faint)]]
  }
  const rows = [
    ...producers.flatMap((producer) => row(producer.name, 'from send to acknowledgement', producer.latency)),
    ...consumers.flatMap((consumer) => row(consumer.name, 'from send to delivery', consumer.latency)),
  ]
  if (rows.length === 0) return []
  const heading = ['latency', 'p50', 'p99', 'max'].map((title) => cell(title, palette.faint))
  return table([heading, ...rows], {
    indent: 2,
    align: ['left', 'right', 'right', 'right', 'left'],
    columns: layout.columns,
  })
}

function nameText(name: string): string {
  return truncate(printable(name), MAX_NAME)
}

function gapEntries(gaps: RunResult['writeGaps']): Labelled[] {
  const notable = gaps.filter(({ gapMs }) => gapMs >= NOTABLE_GAP_MS).toSorted((a, b) => b.gapMs - a.gapMs)
  const texts = notable.slice(0, MAX_GAPS).map(({ topic, partition, gapMs, endedAtMs }) => {
    const where = partition === '' ? topic : partition
    return `${span(gapMs)} on ${where}, from ${virtualTime(endedAtMs - gapMs)} to ${virtualTime(endedAtMs)}`
  })
  if (notable.length > MAX_GAPS) texts.push(`… ${notable.length - MAX_GAPS} topics more`)
  return texts.map((text, i) => ({ label: i === 0 ? 'longest write gap' : '', text }))
}

function errorEntries(producers: readonly ProducerSummary[], groups: readonly GroupSummary[]): Labelled[] {
  const entries = (label: string, of: (producer: ProducerSummary) => readonly ErrorCount[]): Labelled[] => {
    const told = producers.filter((producer) => of(producer).length > 0)
    return told.map((producer, i) => ({
      label: i === 0 ? label : '',
      text: `${printable(producer.name)}: ${errorsText(of(producer))}`,
    }))
  }
  const failed = groups.filter(({ failedCommits }) => failedCommits.length > 0)
  return [
    ...failed.map(({ name, failedCommits }, i) => ({
      label: i === 0 ? 'commits failed' : '',
      text: `${printable(name)}: ${errorsText(failedCommits)}`,
    })),
    ...entries('batches retried', ({ retriedFor }) => retriedFor),
    ...entries('records given up', ({ errors }) => errors),
  ]
}

function errorsText(errors: readonly ErrorCount[]): string {
  const shown = errors.slice(0, MAX_ERRORS).map(({ name, count: times }) => `${printable(name)} × ${count(times)}`)
  if (errors.length > MAX_ERRORS) shown.push(`… ${errors.length - MAX_ERRORS} more`)
  return shown.join(', ')
}
