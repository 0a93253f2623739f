// Replicas' logs side by side: ranges of offsets down, brokers across, and in each cell the leader epoch of what that broker
// has there. A row is marked where one of them lacks what another has, and where their histories fork.

import type { ReplicaLogView } from '../../src/scenario/run-result.ts'
import type { Layout } from './layout.ts'
import { cell, table, type Cell } from './table.ts'

const MAX_ROWS = { short: 6, all: 14 }
/** Of offsets and a remark, and of one replica: brokers that do not fit beside each other stand below. */
const OFFSETS_WIDTH = 28
const REPLICA_WIDTH = 13

interface Range {
  readonly first: number
  readonly last: number
  /** By replica: an epoch, or why there is none. */
  readonly cells: readonly Content[]
}

/** `beyond` its end, `deleted` before its start, or in the log and `unseen` here. */
type Content = number | 'beyond' | 'deleted' | 'unseen'

const SHOWN = { beyond: '·', deleted: '×', unseen: '…' } as const

/** The last ranges, more of them if `all` is asked for. */
export function logLines(layout: Layout, logs: readonly ReplicaLogView[], indent: number, all = true): string[] {
  if (logs.length === 0) return []
  const fits = Math.max(1, Math.floor((layout.columns - indent - OFFSETS_WIDTH) / REPLICA_WIDTH))
  if (logs.length > fits)
    return [...logLines(layout, logs.slice(0, fits), indent, all), ...logLines(layout, logs.slice(fits), indent, all)]
  const { palette } = layout
  const ranges = rangesOf(logs)
  const omitted = Math.max(0, ranges.length - (all ? MAX_ROWS.all : MAX_ROWS.short))
  const heading = [
    cell('offsets', palette.faint),
    ...logs.map(({ broker }) => cell(`broker ${broker}`, palette.strong)),
  ]
  const roles = [cell(''), ...logs.map(({ state }) => cell(state === 'none' ? 'no role' : state, palette.faint))]
  const epochs = [cell(''), ...logs.map(({ leaderEpoch }) => cell(`in epoch ${leaderEpoch}`, palette.faint))]
  const rows = ranges.slice(omitted).map(({ first, last, cells }): Cell[] => {
    const remark = remarkOn(cells)
    const paint = remark === undefined ? undefined : remark === 'forked' ? palette.bad : palette.notable
    const offsets = first === last ? String(first) : `${first} – ${last}`
    const contents = cells.map((content) => cell(contentText(content), paint))
    return [cell(offsets, paint), ...contents, ...(remark === undefined ? [] : [cell(`← ${remark}`, paint)])]
  })
  const ends = [cell('log end', palette.faint), ...logs.map(({ logEndOffset }) => cell(String(logEndOffset)))]
  const marks = [cell('high watermark', palette.faint), ...logs.map(({ highWatermark }) => cell(String(highWatermark)))]
  const note = omitted === 0 ? [] : [[cell(`… ${omitted} ranges before`, palette.faint)]]
  return table([heading, roles, epochs, ...note, ...rows, ends, marks], { indent, align: [] })
}

/** Ranges in which no replica changes, by offset; neighbours that look alike are one. Parts that nobody saw are left out. */
function rangesOf(logs: readonly ReplicaLogView[]): Range[] {
  const edges = new Set<number>()
  for (const log of logs) {
    edges.add(log.logStartOffset).add(log.logEndOffset)
    for (const { firstOffset, lastOffset } of log.batches) edges.add(firstOffset).add(lastOffset + 1)
  }
  const sorted = [...edges].toSorted((a, b) => a - b)
  const ranges: Range[] = []
  for (let i = 0; i + 1 < sorted.length; i++) {
    const first = sorted[i] ?? 0
    const last = (sorted[i + 1] ?? 0) - 1
    const cells = logs.map((log) => contentAt(log, first))
    if (!cells.some((content) => typeof content === 'number')) continue
    const before = ranges.at(-1)
    if (
      before !== undefined &&
      before.last === first - 1 &&
      cells.every((content, at) => content === before.cells[at])
    ) {
      ranges[ranges.length - 1] = { first: before.first, last, cells }
    } else ranges.push({ first, last, cells })
  }
  return ranges
}

function contentAt(log: ReplicaLogView, offset: number): Content {
  if (offset >= log.logEndOffset) return 'beyond'
  if (offset < log.logStartOffset) return 'deleted'
  const batch = log.batches.find(({ firstOffset, lastOffset }) => firstOffset <= offset && offset <= lastOffset)
  return batch?.epoch ?? 'unseen'
}

/** Two epochs at one offset, or something a replica has not got (yet). What was deleted or not seen may agree. */
function remarkOn(cells: readonly Content[]): 'forked' | 'missing' | undefined {
  const epochs = cells.filter((content) => typeof content === 'number')
  if (epochs.some((epoch) => epoch !== epochs[0])) return 'forked'
  return cells.includes('beyond') ? 'missing' : undefined
}

function contentText(content: Content): string {
  return typeof content === 'number' ? `epoch ${content}` : SHOWN[content]
}
