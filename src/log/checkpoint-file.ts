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
}

const VERSION = '0'

/** The entries of a `<topic> <partition> <offset>` file; none if it is absent or empty. */
export function readOffsetCheckpoint(disk: Disk, path: string): OffsetEntry[] | DamagedFile {
  return readOffsetCheckpointText(path, readTextFile(disk, path) ?? '')
}

/** The same, of what is in the file. */
export function readOffsetCheckpointText(path: string, text: string): OffsetEntry[] | DamagedFile {
  return parseCheckpoint(path, text, (fields) => {
    const topic = fields[0]
    const partition = naturalNumber(fields[1])
    const offset = naturalNumber(fields[2])
    if (fields.length !== 3 || !topic || partition === undefined || offset === undefined) return undefined
    return { topic, partition, offset }
  })
}

export function offsetCheckpointText(entries: readonly OffsetEntry[]): string {
  return checkpointText(entries.map((entry) => `${entry.topic} ${entry.partition} ${entry.offset}`))
}

/** The entries of a `<epoch> <startOffset>` file; none if it is absent or empty. */
export function readEpochCheckpoint(disk: Disk, path: string): EpochEntry[] | DamagedFile {
  return parseCheckpoint(path, readTextFile(disk, path) ?? '', (fields) => {
    const epoch = naturalNumber(fields[0])
    const startOffset = naturalNumber(fields[1])
    return fields.length !== 2 || epoch === undefined || startOffset === undefined ? undefined : { epoch, startOffset }
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

function parseCheckpoint<T>(
  path: string,
  text: string,
  parse: (fields: readonly string[]) => T | undefined,
): T[] | DamagedFile {
  if (text === '') return []
  const lines = text.split('\n')
  if (lines[0] !== VERSION) return { path, problem: `unknown version '${lines[0]}'` }
  const count = naturalNumber(lines[1])
  if (count === undefined) return { path, problem: `bad entry count '${lines[1] ?? ''}'` }
  const entries: T[] = []
  for (let i = 2; i < lines.length; i++) {
    const line = lines[i]!
    if (line === '') continue
    const entry = parse(line.split(/\s+/))
    if (entry === undefined) return { path, problem: `line ${i + 1} is malformed: '${line}'` }
    entries.push(entry)
  }
  if (entries.length !== count) return { path, problem: `${count} entries announced, ${entries.length} found` }
  return entries
}

function naturalNumber(text: string | undefined): number | undefined {
  if (text === undefined || !/^\d+$/.test(text)) return undefined
  const value = Number(text)
  return Number.isSafeInteger(value) ? value : undefined
}
