// A directory of real Kafka segment files, as a simulated broker begins with it. Every byte of its logs is looked at first,
// and indexes that do not agree with them are not taken.
// The cluster around it is a new one: leader epochs begin anew with 0 (they lie outside the checksums), topics get ids of
// this cluster, producers of old are forgotten (their ids are not given out again), as when a broker is upgraded, and what is
// committed has to be found out again. So of the small files only the start of a log counts. Magic 0 and 1 are left out.

import { isDamaged, offsetCheckpointText, readOffsetCheckpointText } from '../../log/checkpoint-file.ts'
import {
  INDEX_SUFFIX,
  LOG_SUFFIX,
  offsetFileName,
  offsetInFileName,
  SWAP_SUFFIX,
  TIME_INDEX_SUFFIX,
  TXN_INDEX_SUFFIX,
} from '../../log/file-names.ts'
import { OFFSET_ENTRY_BYTES } from '../../log/offset-index.ts'
import { parsePartitionName } from '../../log/partition-name.ts'
import { TIME_ENTRY_BYTES } from '../../log/time-index.ts'
import { transactionIndexProblem } from '../../log/transaction-index.ts'
import {
  baseOffset,
  lastOffset,
  patchLeaderEpoch,
  producerId,
  sizeInBytes,
  validateBatch,
} from '../../records/record-batch.ts'
import { decodeUtf8, encodeUtf8 } from '../../records/utf8.ts'
import { type BytesProblem, whatIsWrong } from './bytes-problem.ts'
import { indexesAgree } from './indexes-agree.ts'

export interface DataFile {
  /** From the directory, e.g. `orders-0/00000000000000000000.log`. */
  readonly path: string
  readonly bytes: Uint8Array
}

/** Files ready to be put on a broker's disk, by path; and which partitions they are of, `orders-0`. */
export interface DataDirectory {
  readonly files: readonly DataFile[]
  /** Larger than every producer id in the batches. */
  readonly nextProducerId: number
  readonly partitions: readonly string[]
}

/** Reads all files below a directory, whose name is as the scenario has it; or says in a few words why it cannot. */
export type ReadDirectory = (dir: string) => readonly DataFile[] | string

const LOG_STARTS = 'log-start-offset-checkpoint'
const FIRST_EPOCH = 0

/** What is to be on the disk, or the first thing that is wrong. */
export function dataDirectory(files: readonly DataFile[]): DataDirectory | string {
  const found: DataFile[] = []
  let nextProducerId = 0
  const ends = new Map<string, { readonly start: number; readonly end: number }>()
  const byPath = new Map(files.map(({ path, bytes }) => [path, bytes]))
  for (const { path, bytes } of files.toSorted((one, other) => (one.path < other.path ? -1 : 1))) {
    const [dir = '', name = '', ...deeper] = path.split('/')
    if (deeper.length > 0 || parsePartitionName(dir) === undefined) continue
    if (name.endsWith(LOG_SUFFIX + SWAP_SUFFIX)) {
      return `${path}: a compaction that was interrupted; a Kafka that starts and stops on the directory ends it`
    }
    const base = offsetInFileName(name, LOG_SUFFIX)
    if (base === undefined) continue
    const { start = base, end = base } = ends.get(dir) ?? {}
    if (end > base) return `${path}: begins below the end of the segment before it, which is ${end}`
    const log = ownLog(bytes, base)
    if (typeof log === 'string') return `${path}: ${log}`
    ends.set(dir, { start, end: log.end })
    nextProducerId = Math.max(nextProducerId, log.largestProducerId + 1)
    found.push({ path, bytes: log.bytes }, ...indexes(dir, base, log.bytes, byPath))
    const aborts = { path: `${dir}/${offsetFileName(base, TXN_INDEX_SUFFIX)}` }
    const abortBytes = byPath.get(aborts.path)
    if (abortBytes === undefined) continue
    const problem = transactionIndexProblem(abortBytes, base, log.end)
    if (problem !== undefined)
      return `${aborts.path}: ${problem}; take the file away, and the segment has no such index`
    found.push({ ...aborts, bytes: abortBytes })
  }
  if (ends.size === 0) return 'no partition is in it; a data directory has folders such as orders-0 with .log files'
  const starts = logStarts(files)
  if (typeof starts === 'string') return starts
  const partitions = [...ends.keys()].sort()
  for (const name of partitions) {
    const { start = 0 } = ends.get(name) ?? {}
    const epochs = `0\n1\n${FIRST_EPOCH} ${Math.max(start, starts.get(name) ?? 0)}\n`
    found.push({ path: `${name}/leader-epoch-checkpoint`, bytes: encodeUtf8(epochs) })
  }
  const entries = (offsetOf: (name: string) => number | undefined) =>
    encodeUtf8(
      offsetCheckpointText(
        partitions.flatMap((name) => {
          const offset = offsetOf(name)
          const parsed = parsePartitionName(name)
          return offset === undefined || parsed === undefined ? [] : [{ ...parsed, offset }]
        }),
      ),
    )
  found.push(
    { path: LOG_STARTS, bytes: entries((name) => starts.get(name)) },
    // All was read, and nothing is to be read again.
    { path: 'recovery-point-offset-checkpoint', bytes: entries((name) => ends.get(name)?.end) },
    { path: '.kafka_cleanshutdown', bytes: encodeUtf8('{"version":0,"brokerEpoch":-1}') },
  )
  return { files: found, partitions, nextProducerId }
}

interface OwnLog {
  readonly bytes: Uint8Array
  readonly end: number
  readonly largestProducerId: number
}

/** A copy with our leader epoch and where the log ends, or what is wrong with it. */
function ownLog(bytes: Uint8Array, base: number): OwnLog | string {
  const own = bytes.slice()
  let end = base
  let largestProducerId = -1
  for (let position = 0; position < own.length; position += sizeInBytes(own, position)) {
    const problem = problemAt(own, position, end)
    if (problem !== undefined)
      return `at byte ${position}, where offset ${end} is due: ${whatIsWrong(problem, own, position)}`
    patchLeaderEpoch(own, position, FIRST_EPOCH)
    end = lastOffset(own, position) + 1
    largestProducerId = Math.max(largestProducerId, producerId(own, position))
  }
  return { bytes: own, end, largestProducerId }
}

function problemAt(bytes: Uint8Array, position: number, end: number): BytesProblem | undefined {
  const problem = validateBatch(bytes, position, bytes.length)
  if (problem !== undefined) return problem
  return baseOffset(bytes, position) < end ? 'goes-back' : undefined
}

/**
 * The two indexes of a segment. If one is missing, or says of the log what is not so, as in a copy of a broker's directory
 * made while it ran, both are left out: the broker builds them anew.
 */
function indexes(dir: string, base: number, log: Uint8Array, byPath: ReadonlyMap<string, Uint8Array>): DataFile[] {
  const offsetsPath = `${dir}/${offsetFileName(base, INDEX_SUFFIX)}`
  const timesPath = `${dir}/${offsetFileName(base, TIME_INDEX_SUFFIX)}`
  const [offsets, times] = [byPath.get(offsetsPath), byPath.get(timesPath)]
  if (offsets === undefined || times === undefined) return []
  const offsetEntries = withoutRoom(offsets, OFFSET_ENTRY_BYTES)
  const timeEntries = withoutRoom(times, TIME_ENTRY_BYTES)
  if (!indexesAgree(log, base, offsetEntries, timeEntries)) return []
  return [
    { path: offsetsPath, bytes: offsetEntries },
    { path: timesPath, bytes: timeEntries },
  ]
}

/** An index of an active segment ends in zeros, where entries were to come; a last entry that is torn is none. */
function withoutRoom(bytes: Uint8Array, entryBytes: number): Uint8Array {
  let used = bytes.length
  while (used > 0 && bytes[used - 1] === 0) used--
  return bytes.subarray(0, Math.min(Math.floor(bytes.length / entryBytes), Math.ceil(used / entryBytes)) * entryBytes)
}

function logStarts(files: readonly DataFile[]): ReadonlyMap<string, number> | string {
  const file = files.find(({ path }) => path === LOG_STARTS)
  if (file === undefined) return new Map()
  const entries = readOffsetCheckpointText(LOG_STARTS, decodeUtf8(file.bytes))
  if (isDamaged(entries)) return `${LOG_STARTS}: ${entries.problem}`
  return new Map(entries.map(({ topic, partition, offset }) => [`${topic}-${partition}`, offset]))
}
