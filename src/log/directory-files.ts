// The small files that say whose a log directory and its replicas are, and how it was left: `meta.properties` (S-11),
// `partition.metadata` (S-10) and the clean-shutdown marker (S-12). Ids are the 22 characters Kafka prints.

import type { Disk } from '../../sim/host.ts'
import { readTextFile, replaceTextFile } from './checkpoint-file.ts'
import { StorageError } from './storage-error.ts'

const META_FILE = 'meta.properties'
const PARTITION_FILE = 'partition.metadata'
const MARKER_FILE = '.kafka_cleanshutdown'

/** Identity of a log directory, KRaft form. */
export interface MetaProperties {
  readonly clusterId: string
  readonly nodeId: number
  readonly directoryId: string
}

/** Undefined if the directory was never formatted. Throws StorageError if the file makes no sense. */
export function readMetaProperties(disk: Disk, dir: string): MetaProperties | undefined {
  const path = `${dir}/${META_FILE}`
  const text = readTextFile(disk, path)
  if (text === undefined) return undefined
  const properties = new Map<string, string>()
  for (const line of text.split('\n')) {
    const equals = line.indexOf('=')
    if (line.startsWith('#') || equals < 0) continue
    properties.set(line.slice(0, equals).trim(), line.slice(equals + 1).trim())
  }
  const clusterId = properties.get('cluster.id')
  const nodeId = properties.get('node.id')
  const directoryId = properties.get('directory.id')
  if (properties.get('version') !== '1') throw new StorageError(`${path}: version is not 1`)
  if (!clusterId || !directoryId || nodeId === undefined || !/^\d+$/.test(nodeId)) {
    throw new StorageError(`${path}: cluster.id, node.id or directory.id is missing or malformed`)
  }
  return { clusterId, nodeId: Number(nodeId), directoryId }
}

export function writeMetaProperties(disk: Disk, dir: string, meta: MetaProperties): void {
  const { clusterId, nodeId, directoryId } = meta
  const lines = ['version=1', `cluster.id=${clusterId}`, `node.id=${nodeId}`, `directory.id=${directoryId}`, '']
  replaceTextFile(disk, dir, META_FILE, lines.join('\n'))
}

/** The topic id a replica belongs to; undefined if it has no such file. Throws StorageError if that makes no sense. */
export function readTopicId(disk: Disk, partitionDir: string): string | undefined {
  const path = `${partitionDir}/${PARTITION_FILE}`
  const text = readTextFile(disk, path)
  if (text === undefined) return undefined
  const topicId = /^version: 0\ntopic_id: ([A-Za-z0-9_-]{22})\n?$/.exec(text)?.[1]
  if (topicId === undefined) throw new StorageError(`${path}: malformed`)
  return topicId
}

/** Durable when this returns; to be written before the first data. */
export function writeTopicId(disk: Disk, partitionDir: string, topicId: string): void {
  replaceTextFile(disk, partitionDir, PARTITION_FILE, `version: 0\ntopic_id: ${topicId}`)
}

/**
 * The broker epoch in the clean-shutdown marker; −1 if there is no marker, or no epoch in it. The marker stays: this is
 * asked before the broker registers, and the logs are loaded only later (R-88, KIP-966).
 */
export function cleanShutdownEpoch(disk: Disk, dir: string): number {
  const text = readTextFile(disk, `${dir}/${MARKER_FILE}`) ?? ''
  return Number(/"brokerEpoch":\s*(-?\d+)/.exec(text)?.[1] ?? -1)
}

export function hasCleanShutdownMarker(disk: Disk, dir: string): boolean {
  return disk.exists(`${dir}/${MARKER_FILE}`)
}

/**
 * Removes the clean-shutdown marker, for good, and says whether there was one: if not, the stop was unclean. Must come
 * before any log is opened (R-24, KAFKA-10471).
 */
export function takeCleanShutdownMarker(disk: Disk, dir: string): boolean {
  const path = `${dir}/${MARKER_FILE}`
  if (!disk.exists(path)) return false
  disk.remove(path)
  disk.syncDir(dir)
  return true
}

/** Says that everything in the directory is synced. */
export function writeCleanShutdownMarker(disk: Disk, dir: string, brokerEpoch: number): void {
  replaceTextFile(disk, dir, MARKER_FILE, `{"version":0,"brokerEpoch":${brokerEpoch}}`)
}
