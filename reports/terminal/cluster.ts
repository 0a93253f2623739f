// The partitions at the end of the run: who leads, who is in sync, and up to which offset.

import type { PartitionSummary } from '../../src/scenario/run-result.ts'
import { count } from '../figures.ts'
import { printable } from './cell-text.ts'
import type { Layout } from './layout.ts'
import { cell, table } from './table.ts'

/** A few partitions are shown whole; of many, those that need attention come first. */
const MAX_ROWS = 24

export function clusterLines(layout: Layout, partitions: readonly PartitionSummary[]): string[] {
  if (partitions.length === 0) return []
  const { palette } = layout
  const told = partitions.filter((partition) => !isIdle(partition))
  const shown =
    told.length <= MAX_ROWS
      ? told
      : [...told.filter(needsAttention), ...told.filter((p) => !needsAttention(p))].slice(0, MAX_ROWS)
  const headings = ['partition', 'leader', 'epoch', 'ISR', 'high watermark', 'log end']
  const rows = shown.map((partition) => {
    const { topic, leader, leaderEpoch, isr, highWatermark, logEndOffset } = partition
    const offsets = highWatermark < logEndOffset ? palette.notable : undefined
    return [
      cell(printable(`${topic}-${partition.partition}`), palette.strong),
      leader < 0 ? cell('none', palette.bad) : cell(String(leader)),
      cell(String(leaderEpoch)),
      cell(`[${isr.join(',')}]`, leader < 0 ? palette.bad : undefined),
      cell(leader < 0 ? '—' : String(highWatermark), offsets),
      cell(leader < 0 ? '—' : String(logEndOffset), offsets),
    ]
  })
  const align = ['left', 'right', 'right', 'left', 'right', 'right'] as const
  const lines = table([headings.map((text) => cell(text, palette.faint)), ...rows], {
    indent: 2,
    align,
    columns: layout.columns,
  })
  const faint = (text: string): number => lines.push(`  ${palette.faint(text)}`)
  const hidden = told.length - shown.length
  if (hidden > 0) faint(`… ${count(hidden)} partitions more, all led and committed to their end`)
  const idle = partitions.length - told.length
  if (idle > 0) faint(`… ${count(idle)} of ${INTERNAL} more, empty`)
  return lines
}

/** It has fifty partitions by default, of which each group uses one. */
const INTERNAL = '__consumer_offsets'

function isIdle(partition: PartitionSummary): boolean {
  return partition.topic === INTERNAL && partition.logEndOffset === 0 && !needsAttention(partition)
}

function needsAttention({ leader, highWatermark, logEndOffset }: PartitionSummary): boolean {
  return leader < 0 || highWatermark < logEndOffset
}
