// The files of a partition as Kafka's own dump tool prints them, one after the other.

import { decodeUtf8 } from '../../src/records/utf8.ts'
import { type DumpedText, offsetIndexText, snapshotText, timeIndexText } from './index-text.ts'
import { logText } from './log-text.ts'

export interface PartitionFile {
  readonly path: string
  readonly bytes: Uint8Array
}

/** Where the segments of a partition begin, and what they hold, in the order of the files given. */
export function partitionText(files: readonly PartitionFile[], withRecords: boolean): DumpedText {
  const lines: string[] = []
  const complaints: string[] = []
  for (const file of files) {
    lines.push(`Dumping ${file.path}`)
    const text = fileText(file, files, withRecords)
    lines.push(...text.lines)
    complaints.push(...text.complaints)
  }
  return { lines, complaints }
}

function fileText({ path, bytes }: PartitionFile, files: readonly PartitionFile[], withRecords: boolean): DumpedText {
  const name = path.slice(path.lastIndexOf('/') + 1)
  const dot = path.lastIndexOf('.')
  const base = Number(name.split('.')[0])
  const log = () => files.find((file) => file.path === `${path.slice(0, dot)}.log`)?.bytes ?? new Uint8Array(0)
  switch (path.slice(dot)) {
    case '.log':
      return { lines: logText(name, bytes, withRecords), complaints: [] }
    case '.index':
      return offsetIndexText(path, base, bytes, log())
    case '.timeindex':
      return timeIndexText(path, base, bytes, log())
    case '.snapshot':
      return snapshotText(path, bytes)
    case '.deleted':
    case '.cleaned':
    case '.swap':
      return { lines: [`${bytes.length} bytes`], complaints: [] }
    default:
      return { lines: decodeUtf8(bytes).trimEnd().split('\n'), complaints: [] }
  }
}
