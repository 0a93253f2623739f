// Myths about page caches and about how an offset is found in a log.

import { BatchWalk } from '../records/record-batch.ts'
import type { Myth } from './myth.ts'
import type { Witness } from './witness.ts'

const P = 'orders-0'
const BROKER = 1
/** An entry of an offset index: relative offset, and position, 4 bytes each. */
const ENTRY_BYTES = 8

interface Indexed {
  /** Where the entries of the first segment's index point to. */
  readonly positions: readonly number[]
  /** Batches of that segment. */
  readonly batches: number
  readonly sizeBytes: number
}

/** The first segment as it lies on the disk of a broker, and its index. */
function firstSegment({ cluster }: Witness): Indexed {
  const { disk } = cluster.world.process(`broker-${BROKER}`).machine
  const path = `data/${P}/${'0'.repeat(20)}`
  const index = disk.inspect(`${path}.index`) ?? new Uint8Array(0)
  const bytes = disk.inspect(`${path}.log`) ?? new Uint8Array(0)
  const view = new DataView(index.buffer, index.byteOffset, index.byteLength)
  const positions: number[] = []
  for (let at = 0; at + ENTRY_BYTES <= index.length; at += ENTRY_BYTES) {
    const position = view.getInt32(at + 4)
    // What follows the entries of an active index is room for more.
    if (position > 0) positions.push(position)
  }
  const walk = new BatchWalk(bytes, 0, bytes.length)
  let batches = 0
  while (walk.next()) batches += 1
  return { positions, batches, sizeBytes: bytes.length }
}

/** A file as a listing of its directory has it, and what was written to it. */
interface Room {
  readonly sizeBytes: number
  readonly written: number
}

function spare({ sizeBytes, written }: Room): number {
  return sizeBytes - written
}

function activeFiles({ cluster }: Witness): { path: string; log: Room; index: Room } {
  const { disk } = cluster.world.process(`broker-${BROKER}`).machine
  const last = disk.paths().findLast((path) => path.startsWith(`data/${P}/`) && path.endsWith('.log')) ?? ''
  const path = last.slice(0, -'.log'.length)
  const room = (file: string): Room => ({
    sizeBytes: disk.listedSizeBytes(file),
    written: disk.inspect(file)?.length ?? 0,
  })
  return { path, log: room(last), index: room(`${path}.index`) }
}

export const DISK_MYTHS: readonly Myth[] = [
  {
    id: 'M61',
    slug: 'an-index-entry-every-4096-bytes',
    claim: 'The offset index has an entry about every 4096 bytes, and not one for each record.',
    verdict: 'true',
    truth:
      'An entry is added with the first batch after more than index.interval.bytes were written since the last one. A look-up finds the entry before the offset, and reads the log from there.',
    rules: 'R-7, S-4',
    probe: (witness) => () => {
      const { positions, batches, sizeBytes } = firstSegment(witness)
      const gaps = positions.slice(1).map((position, i) => position - (positions[i] ?? 0))
      const facts = [
        `${positions.length} entries for ${batches} batches in ${sizeBytes} bytes`,
        `from entry to entry: ${Math.min(...gaps)} to ${Math.max(...gaps)} bytes`,
      ]
      return { holds: gaps.length === 0 ? undefined : gaps.every((gap) => gap > 4096 && gap < 8192), facts }
    },
  },
  {
    id: 'M62',
    slug: 'the-log-is-memory-mapped',
    claim: 'Kafka writes its log through memory maps.',
    verdict: 'false',
    truth:
      'Only the indexes are mapped: a map has a fixed length, so an active index has its full size on disk from the start. The log is appended to by plain writes, and is as long as what was written.',
    rules: 'R-6, R-7, S-6',
    probe: (witness) => {
      const seen = new Map<string, { log: Room; index: Room }>()
      witness.on('log-appended', ({ broker }) => {
        if (broker !== BROKER) return
        const { log, index, path } = activeFiles(witness)
        const before = seen.get(path)
        const isLogRoomy = before !== undefined && spare(before.log) > 0
        // One that had room once was mapped.
        seen.set(path, { log: isLogRoomy ? before.log : log, index })
      })
      return () => {
        const files = [...seen.values()].filter(({ index }) => index.written > 0)
        const facts = files.flatMap(({ log, index }) => [
          `an active index of ${index.sizeBytes} bytes has ${index.written / ENTRY_BYTES} entries of ${ENTRY_BYTES}`,
          `its log of ${log.sizeBytes} bytes has ${log.written} bytes of batches`,
        ])
        const mapped = files.filter(({ index }) => spare(index) > 0)
        const holds = mapped.length === 0 ? undefined : mapped.some(({ log }) => spare(log) > 0)
        return { holds, facts: facts.length === 0 ? ['no index has an entry'] : facts }
      }
    },
  },
  {
    id: 'M63',
    slug: 'a-crash-loses-the-page-cache',
    claim: 'When a broker’s process crashes, what it had in the page cache and not on disk is lost.',
    verdict: 'false',
    truth:
      'The page cache is the system’s: it outlives the process. What takes it is a loss of power, or a crash of the system.',
    rules: 'R-19, R-21',
    probe: (witness) => {
      const ends = new Map<string, number>()
      const left = new Map<string, number>()
      let last = ''
      witness.on('fault-applied', ({ verb }) => {
        last = verb
        // By now it is dead: its log ended where the last append did.
        ends.set(verb, end)
      })
      let end = 0
      witness.on('log-appended', ({ broker, lastOffset }) => {
        if (broker === BROKER) end = lastOffset + 1
      })
      witness.on('log-recovered', ({ broker, logEndOffset }) => {
        if (broker === BROKER && last !== '' && !left.has(last)) left.set(last, logEndOffset)
      })
      return () => {
        const facts = ['kill', 'power-loss'].map(
          (verb) =>
            `${verb}: the log ended at ${ends.get(verb) ?? -1}, and at ${left.get(verb) ?? -1} when it was read again`,
        )
        const kept = left.get('kill') === ends.get('kill')
        const showsTheOther = (left.get('power-loss') ?? Infinity) < (ends.get('power-loss') ?? 0)
        return { holds: left.size < 2 || !showsTheOther ? undefined : !kept, facts }
      }
    },
  },
  {
    id: 'M65',
    slug: 'a-fetch-is-o-1',
    claim: 'Finding an offset in a log takes one step, however large the log is: a fetch is O(1).',
    verdict: 'false',
    truth:
      'The segment and the entry of its index are found by binary search, and from there the batches are read one after the other. It is fast since there is little to read, not since it is one step.',
    rules: 'R-7, S-4',
    probe: (witness) => () => {
      const { positions, batches } = firstSegment(witness)
      const steps = Math.ceil(positions.length === 0 ? 0 : positions.length.toString(2).length)
      const between = batches / (positions.length + 1)
      const facts = [
        `${positions.length} entries: up to ${steps} steps of binary search`,
        `then up to ${Math.ceil(between)} batches are read to find the one`,
      ]
      return { holds: positions.length < 2 ? undefined : steps + between <= 1, facts }
    },
  },
]
