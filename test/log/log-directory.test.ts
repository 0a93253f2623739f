import { describe, expect, it } from 'vitest'
import {
  readMetaProperties,
  readTopicId,
  cleanShutdownEpoch,
  takeCleanShutdownMarker,
  writeCleanShutdownMarker,
  writeMetaProperties,
} from '../../src/log/directory-files.ts'
import { DEFAULT_LOG_CONFIG } from '../../src/log/log-config.ts'
import { LogDirectory } from '../../src/log/log-directory.ts'
import { parsePartitionName } from '../../src/log/partition-name.ts'
import { appendMany, contentOf } from './fixtures.ts'
import { MemoryDisk } from './memory-disk.ts'

const TOPIC_ID = 'AAAAAAAAAAAAAAAAAAAAAQ'
const MARKER = 'data/.kafka_cleanshutdown'

function openDirectory(disk: MemoryDisk): LogDirectory {
  return LogDirectory.open({ disk, dir: 'data', configOf: () => DEFAULT_LOG_CONFIG })
}

function filled(disk: MemoryDisk): LogDirectory {
  const directory = openDirectory(disk)
  appendMany(directory.create('orders', 0, TOPIC_ID, DEFAULT_LOG_CONFIG), 5)
  appendMany(directory.create('a-b', 12, TOPIC_ID, DEFAULT_LOG_CONFIG), 2)
  return directory
}

describe('a log directory', () => {
  it('finds its replicas again, with topic ids and data', () => {
    const disk = new MemoryDisk()
    filled(disk)
    const again = openDirectory(disk)
    expect([...again.logs()].map((log) => [log.name, log.logEndOffset])).toEqual([
      ['a-b-12', 2],
      ['orders-0', 5],
    ])
    expect([again.topicId('orders', 0), again.topicId('orders', 1)]).toEqual([TOPIC_ID, undefined])
    expect(again.get('a-b', 12)?.dir).toBe('data/a-b-12')
  })

  it('passes over the metadata log and directories on their way out (S-14)', () => {
    expect(parsePartitionName('orders-0')).toEqual({ topic: 'orders', partition: 0 })
    for (const name of [
      '__cluster_metadata-0',
      'orders-0.0123456789abcdef0123456789abcdef-delete',
      'meta.properties',
    ]) {
      expect(parsePartitionName(name), name).toBeUndefined()
    }
  })

  it('writes the topic id before any data (R-3, S-10)', () => {
    const disk = new MemoryDisk()
    openDirectory(disk).create('orders', 0, TOPIC_ID, DEFAULT_LOG_CONFIG)
    expect(disk.text('data/orders-0/partition.metadata')).toBe(`version: 0\ntopic_id: ${TOPIC_ID}`)
    expect(disk.synced[0]).toBe('data/orders-0/partition.metadata.tmp')
    disk.put('data/orders-0/partition.metadata', 'version: 0\ntopic_id: short')
    expect(() => readTopicId(disk, 'data/orders-0')).toThrow(/malformed/)
  })

  it('checkpoints the high watermarks of all its logs (R-29, KAFKA-1647)', () => {
    const disk = new MemoryDisk()
    const directory = filled(disk)
    directory.get('orders', 0)!.maybeIncrementHighWatermark(4)
    directory.checkpointHighWatermarks()
    expect(disk.text('data/replication-offset-checkpoint')).toBe('0\n2\norders 0 4\na-b 12 0\n')
    expect(openDirectory(disk).get('orders', 0)!.highWatermark).toBe(4)
  })

  it('without that checkpoint every high watermark is 0 (R-28)', () => {
    const disk = new MemoryDisk()
    filled(disk).get('orders', 0)!.maybeIncrementHighWatermark(4)
    expect(openDirectory(disk).get('orders', 0)!.highWatermark).toBe(0)
  })

  it('checkpoints only log starts that lie inside a segment', () => {
    const disk = new MemoryDisk()
    const directory = filled(disk)
    const log = directory.get('orders', 0)!
    log.maybeIncrementHighWatermark(5)
    log.maybeIncrementLogStartOffset(3)
    directory.checkpointLogStartOffsets()
    expect(disk.text('data/log-start-offset-checkpoint')).toBe('0\n1\norders 0 3\n')
    expect(contentOf(openDirectory(disk).get('orders', 0)!).length).toBe(2)
  })

  it('rewrites the recovery points as soon as a log is truncated (R-15)', () => {
    const disk = new MemoryDisk()
    const log = filled(disk).get('orders', 0)!
    log.flush()
    log.truncateTo(2)
    expect(disk.text('data/recovery-point-offset-checkpoint')).toBe('0\n2\norders 0 2\na-b 12 0\n')
  })

  it('a background checkpoint that is overtaken does not bring back older values', () => {
    const disk = new MemoryDisk()
    const directory = filled(disk)
    disk.holdSyncs = true
    directory.checkpointHighWatermarks(() => {})
    directory.get('orders', 0)!.maybeIncrementHighWatermark(3)
    directory.checkpointHighWatermarks()
    disk.finishSyncs()
    expect(disk.text('data/replication-offset-checkpoint')).toContain('orders 0 3')
  })

  it('deletes a replica with its files and its entries', () => {
    const disk = new MemoryDisk()
    const directory = filled(disk)
    directory.checkpointHighWatermarks()
    directory.delete('orders', 0)
    directory.delete('orders', 0)
    expect(disk.list('data')).not.toContain('orders-0')
    // Written on its schedule and at shutdown only.
    expect(disk.text('data/replication-offset-checkpoint')).toContain('orders 0')
    directory.checkpointHighWatermarks()
    expect(disk.text('data/replication-offset-checkpoint')).toBe('0\n1\na-b 12 0\n')
    for (const name of ['recovery-point-offset', 'log-start-offset']) {
      expect(disk.text(`data/${name}-checkpoint`)).not.toContain('orders')
    }
    expect(disk.text('data/recovery-point-offset-checkpoint')).toContain('a-b 12')
    appendMany(directory.create('orders', 0, TOPIC_ID, DEFAULT_LOG_CONFIG), 1)
  })

  it.each(['replication-offset', 'recovery-point-offset', 'log-start-offset'])(
    'a damaged %s-checkpoint puts it out of service (R-9)',
    (name) => {
      const disk = new MemoryDisk()
      filled(disk)
      disk.put(`data/${name}-checkpoint`, '0\n1\norders 0\n')
      expect(() => openDirectory(disk)).toThrow(`data/${name}-checkpoint: line 3 is malformed`)
    },
  )

  it('where only a number is none, recovery points and log starts are done without', () => {
    const disk = new MemoryDisk()
    filled(disk)
    const damaged = '0\n1\norders 0 1x\n'
    disk.put('data/recovery-point-offset-checkpoint', damaged)
    disk.put('data/log-start-offset-checkpoint', damaged)
    expect(openDirectory(disk).get('orders', 0)!.logEndOffset).toBe(5)
    disk.put('data/replication-offset-checkpoint', damaged)
    expect(() => openDirectory(disk)).toThrow(/replication-offset-checkpoint: line 3 is malformed/)
  })
})

describe('clean shutdown (R-24, S-12)', () => {
  it('syncs all data first and writes the marker last; the next start recovers nothing and knows the broker epoch', () => {
    const disk = new MemoryDisk()
    const directory = filled(disk)
    directory.get('orders', 0)!.maybeIncrementHighWatermark(5)
    disk.synced.length = 0
    for (const step of directory.shutdownSteps(77)) step()
    expect(disk.synced.filter((path) => path.endsWith('.log'))).toHaveLength(2)
    expect(disk.synced.slice(-2)).toEqual([`${MARKER}.tmp`, 'data/'])
    expect(disk.text(MARKER)).toBe('{"version":0,"brokerEpoch":77}')
    expect(cleanShutdownEpoch(disk, 'data')).toBe(77)
    const again = openDirectory(disk)
    expect([again.cleanShutdown, cleanShutdownEpoch(disk, 'data')]).toEqual([true, -1])
    expect(again.get('orders', 0)).toMatchObject({ recoveryPoint: 5, highWatermark: 5 })
  })

  it('the marker is gone, for good, before any log is opened (KAFKA-10471)', () => {
    const disk = new MemoryDisk()
    for (const step of filled(disk).shutdownSteps(77)) step()
    disk.put('data/orders-0/leader-epoch-checkpoint', 'damaged')
    disk.synced.length = 0
    expect(() => openDirectory(disk)).toThrow(/leader-epoch-checkpoint/)
    expect([disk.exists(MARKER), disk.synced]).toEqual([false, ['data/']])
    disk.put('data/orders-0/leader-epoch-checkpoint', '')
    const again = openDirectory(disk)
    expect(again.cleanShutdown).toBe(false)
  })

  it('a marker without broker epoch still is one', () => {
    const disk = new MemoryDisk()
    disk.put(MARKER, '')
    expect(cleanShutdownEpoch(disk, 'data')).toBe(-1)
    expect(takeCleanShutdownMarker(disk, 'data')).toBe(true)
    expect(takeCleanShutdownMarker(disk, 'data')).toBe(false)
    writeCleanShutdownMarker(disk, 'data', 12)
    expect([cleanShutdownEpoch(disk, 'data'), takeCleanShutdownMarker(disk, 'data')]).toEqual([12, true])
  })
})

describe('meta.properties (S-11)', () => {
  const meta = { clusterId: 'MkU3OEVBNTcwNTJENDM2Qg', nodeId: 3, directoryId: TOPIC_ID }

  it('is written in KRaft form and read in any order, comments and all', () => {
    const disk = new MemoryDisk()
    expect(readMetaProperties(disk, 'data')).toBeUndefined()
    writeMetaProperties(disk, 'data', meta)
    expect(disk.text('data/meta.properties')).toBe(
      `version=1\ncluster.id=${meta.clusterId}\nnode.id=3\ndirectory.id=${TOPIC_ID}\n`,
    )
    expect(readMetaProperties(disk, 'data')).toEqual(meta)
    const lines = ['#', '#Tue', `directory.id=${TOPIC_ID}`, 'node.id=3', 'version=1', `cluster.id=${meta.clusterId}`]
    disk.put('data/meta.properties', lines.join('\n'))
    expect(readMetaProperties(disk, 'data')).toEqual(meta)
  })

  it('in the old form, or with parts missing, is refused', () => {
    const disk = new MemoryDisk()
    disk.put('data/meta.properties', 'version=0\nbroker.id=1\n')
    expect(() => readMetaProperties(disk, 'data')).toThrow(/version is not 1/)
    disk.put('data/meta.properties', 'version=1\nnode.id=x\n')
    expect(() => readMetaProperties(disk, 'data')).toThrow(/missing or malformed/)
  })
})
