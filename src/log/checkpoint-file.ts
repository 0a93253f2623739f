// Kafka's small text files: checkpoints (S-9) and how any of them is replaced atomically. Damage is an answer, not an
// exception: the caller decides what it means.

import type { Disk } from '../../sim/host.ts'
import { decodeUtf8, encodeUtf8 } from '../records/utf8.ts'

export interface OffsetEntry {
  readonly topic: string
  readonly partition: number
  readonly offset: number
}

export interface EpochEntry {
  readonly epoch: number
  readonly startOffset: number
}

/** Why a file cannot be read. */
export interface DamagedFile {
  readonly path: string
  readonly problem: string
  /** Only a number in an entry makes no sense: not every reader in Kafka then gives the directory up. */
  readonly badNumber: boolean
}

const VERSION = '0'

/** The entries of a `<topic> <partition> <offset>` file; none if it is absent or empty. */
export function readOffsetCheckpoint(disk: Disk, path: string): OffsetEntry[] | DamagedFile {
  return readOffsetCheckpointText(path, readTextFile(disk, path) ?? '')
}

/** The same, of what is in the file. */
export function readOffsetCheckpointText(path: string, text: string): OffsetEntry[] | DamagedFile {
  return parseCheckpoint(path, text, 3, ([topic = '', ...numbers]) => {
    const [partition, offset] = numbers.map(naturalNumber)
    return partition === undefined || offset === undefined ? undefined : { topic, partition, offset }
  })
}

export function offsetCheckpointText(entries: readonly OffsetEntry[]): string {
  return checkpointText(entries.map((entry) => `${entry.topic} ${entry.partition} ${entry.offset}`))
}

/** The entries of a `<epoch> <startOffset>` file; none if it is absent or empty. */
export function readEpochCheckpoint(disk: Disk, path: string): EpochEntry[] | DamagedFile {
  return parseCheckpoint(path, readTextFile(disk, path) ?? '', 2, (fields) => {
    const [epoch, startOffset] = fields.map(naturalNumber)
    return epoch === undefined || startOffset === undefined ? undefined : { epoch, startOffset }
  })
}

export function epochCheckpointText(entries: readonly EpochEntry[]): string {
  return checkpointText(entries.map((entry) => `${entry.epoch} ${entry.startOffset}`))
}

/** The text of a file; undefined if there is none. */
export function readTextFile(disk: Disk, path: string): string | undefined {
  if (!disk.exists(path)) return undefined
  const file = disk.open(path)
  return decodeUtf8(file.read(0, file.sizeBytes))
}

/**
 * Writes `<name>.tmp`, syncs it, renames it to `name` and syncs the directory: after a power loss the file is the old
 * one or the new one. With `then` the steps go on in the background, and `then` runs when all is durable; meanwhile
 * `isCurrent` is asked before the rename, so that a write that was overtaken by another leaves the file alone.
 */
export function replaceTextFile(
  disk: Disk,
  dir: string,
  name: string,
  text: string,
  then?: () => void,
  isCurrent: () => boolean = always,
): void {
  const path = `${dir}/${name}`
  const temporary = `${path}.tmp`
  const file = disk.open(temporary)
  file.truncate(0)
  file.append(encodeUtf8(text))
  if (then === undefined) {
    file.sync()
    disk.rename(temporary, path)
    disk.syncDir(dir)
    return
  }
  file.sync(() => {
    if (!isCurrent()) return
    disk.rename(temporary, path)
    disk.syncDir(dir, then)
  })
}

/** The same without any sync, so that a power loss may leave a file of that name with part of the text (RB-25). */
export function replaceUnsynced(disk: Disk, dir: string, name: string, text: string): void {
  const temporary = `${dir}/${name}.tmp`
  const file = disk.open(temporary)
  file.truncate(0)
  file.append(encodeUtf8(text))
  disk.rename(temporary, `${dir}/${name}`)
}

export function isDamaged<T>(read: T[] | DamagedFile): read is DamagedFile {
  return !Array.isArray(read)
}

function always(): boolean {
  return true
}

function checkpointText(lines: readonly string[]): string {
  return [VERSION, String(lines.length), ...lines, ''].join('\n')
}

/** A file that ends before the number of its entries has none. */
function parseCheckpoint<T>(
  path: string,
  text: string,
  fieldsInLine: number,
  parse: (fields: readonly string[]) => T | undefined,
): T[] | DamagedFile {
  if (text === '') return []
  const damaged = (problem: string, badNumber = false): DamagedFile => ({ path, problem, badNumber })
  const [version, announced, ...lines] = (text.endsWith('\n') ? text.slice(0, -1) : text).split('\n')
  if (version !== VERSION) return damaged(`unknown version '${version}'`)
  if (announced === undefined) return []
  const count = naturalNumber(announced)
  if (count === undefined) return damaged(`bad entry count '${announced}'`)
  const entries: T[] = []
  for (const [i, line] of lines.entries()) {
    const fields = line.split(/\s+/)
    const entry = fields.length === fieldsInLine ? parse(fields) : undefined
    if (entry === undefined) return damaged(`line ${i + 3} is malformed: '${line}'`, fields.length === fieldsInLine)
    entries.push(entry)
  }
  if (entries.length !== count) return damaged(`${count} entries announced, ${entries.length} found`)
  return entries
}

function naturalNumber(text: string | undefined): number | undefined {
  if (text === undefined || !/^\d+$/.test(text)) return undefined
  const value = Number(text)
  return Number.isSafeInteger(value) ? value : undefined
}
