// All events of one run, small enough to be committed: for each when, whose, what, and 32 bits of the trace hash after it.
// From the records of two runs the first event in which they differ is found, with both its sides, long after the code
// that made the first is gone. Left out: causes, which are no part of what happened.

import { deflateRawSync, inflateRawSync } from 'node:zlib'
import type { LoggedEvent } from '../../sim/index.ts'

export interface RecordedEvent {
  readonly ordinal: number
  readonly atUs: number
  readonly node: string
  readonly kind: string
}

/** The side that had ended by then is undefined. */
export interface FirstDifference {
  readonly old: RecordedEvent | undefined
  readonly new: RecordedEvent | undefined
}

interface Header {
  readonly firstOrdinal: number
  readonly count: number
  /** Node and kind of an event, with a tab between them. */
  readonly names: readonly string[]
}

export class EventRecord {
  private firstOrdinal = 1
  private readonly times: number[] = []
  private readonly names: number[] = []
  private readonly hashes: number[] = []
  private readonly nameIds = new Map<string, number>()

  /** Takes the events of a run in their order; fits `onEvent` of a run. */
  add(event: Omit<LoggedEvent, 'cause'>, traceHash: string): void {
    this.append(event.ordinal, event.atUs, `${event.node}\t${event.kind}`, Number.parseInt(traceHash.slice(0, 8), 16))
  }

  get length(): number {
    return this.times.length
  }

  /** Deflated. The same record may have other bytes on another Node: compare records, never their bytes. */
  encode(): Uint8Array {
    const { firstOrdinal, length: count } = this
    const header: Header = { firstOrdinal, count, names: [...this.nameIds.keys()] }
    const bytes: number[] = [...Buffer.from(`${JSON.stringify(header)}\n`)]
    let before = 0
    for (const time of this.times) {
      pushVarint(bytes, time - before)
      before = time
    }
    for (const name of this.names) pushVarint(bytes, name)
    const hashes = Buffer.alloc(4 * count)
    this.hashes.forEach((hash, i) => hashes.writeUInt32LE(hash, 4 * i))
    return deflateRawSync(Buffer.concat([Buffer.from(bytes), hashes]), { level: 9 })
  }

  static decode(deflated: Uint8Array): EventRecord {
    const bytes = inflateRawSync(deflated)
    const reader = { bytes, at: bytes.indexOf('\n') + 1 }
    const header = JSON.parse(bytes.toString('utf8', 0, reader.at)) as Header
    const { count } = header
    const times: number[] = []
    for (let i = 0; i < count; i++) times.push((times[i - 1] ?? 0) + readVarint(reader))
    const names = times.map(() => header.names[readVarint(reader)] ?? '')
    const record = new EventRecord()
    for (let i = 0; i < count; i++) {
      const hash = bytes.readUInt32LE(reader.at + 4 * i)
      record.append(header.firstOrdinal + i, times[i] ?? 0, names[i] ?? '', hash)
    }
    return record
  }

  /** This run is the old one. Undefined: both did the same. */
  differenceFrom(later: EventRecord): FirstDifference | undefined {
    const longest = Math.max(this.length, later.length)
    for (let i = 0; i < longest; i++) {
      if (!this.same(i, later)) return { old: this.event(i), new: later.event(i) }
    }
    return undefined
  }

  /** Counted from 0. */
  event(index: number): RecordedEvent | undefined {
    const atUs = this.times[index]
    if (atUs === undefined) return undefined
    const [node = '', kind = ''] = this.nameAt(index).split('\t')
    return { ordinal: this.firstOrdinal + index, atUs, node, kind }
  }

  private same(index: number, other: EventRecord): boolean {
    return (
      this.firstOrdinal === other.firstOrdinal &&
      this.times[index] === other.times[index] &&
      this.hashes[index] === other.hashes[index] &&
      this.nameAt(index) === other.nameAt(index)
    )
  }

  private nameAt(index: number): string {
    this.nameList ??= [...this.nameIds.keys()]
    return this.nameList[this.names[index] ?? -1] ?? ''
  }

  /** Names by id; made anew after an event is added. */
  private nameList: readonly string[] | undefined = undefined

  private append(ordinal: number, atUs: number, name: string, hash: number): void {
    if (this.times.length === 0) this.firstOrdinal = ordinal
    this.times.push(atUs)
    this.hashes.push(hash)
    let id = this.nameIds.get(name)
    if (id === undefined) {
      id = this.nameIds.size
      this.nameIds.set(name, id)
      this.nameList = undefined
    }
    this.names.push(id)
  }
}

/** For people: what it was and what it is now. */
export function differenceLines(difference: FirstDifference): string[] {
  const [before, now] = [text(difference.old), text(difference.new)]
  const lines = [`  was ${before}`, `  is  ${now}`]
  return before === now ? [...lines, '  (the same event; what it is about differs)'] : lines
}

function text(event: RecordedEvent | undefined): string {
  if (event === undefined) return 'nothing: the run has ended'
  return `event ${event.ordinal} at ${event.atUs} µs: ${event.node} ${event.kind}`
}

/** Of an integer in [0, 2^53): seven bits a byte, the lowest first. */
function pushVarint(bytes: number[], value: number): void {
  let rest = value
  for (; rest >= 128; rest = Math.floor(rest / 128)) bytes.push((rest % 128) + 128)
  bytes.push(rest)
}

function readVarint(reader: { readonly bytes: Uint8Array; at: number }): number {
  let value = 0
  for (let unit = 1; ; unit *= 128) {
    const byte = reader.bytes[reader.at++] ?? 0
    value += (byte % 128) * unit
    if (byte < 128) return value
  }
}
