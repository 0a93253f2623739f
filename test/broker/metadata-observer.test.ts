import { beforeEach, describe, expect, it } from 'vitest'
import { MetadataObserver } from '../../src/broker/metadata-observer.ts'
import { encodeMetadataBatch } from '../../src/metadata/metadata-batches.ts'
import type { MetadataDelta } from '../../src/metadata/metadata-image.ts'
import { METADATA_TOPIC_ID } from '../../src/metadata/metadata-topic.ts'
import { Errors } from '../../src/protocol/error-codes.ts'
import {
  DEFAULT_CURRENT_LEADER,
  DEFAULT_DIVERGING_EPOCH,
  DEFAULT_SNAPSHOT_ID,
} from '../../src/protocol/generated/fetch.ts'
import type { MetadataRecord } from '../../src/protocol/metadata-record.ts'
import { patchForAppend } from '../../src/records/record-batch.ts'
import { brokerConfig } from '../support/configs.ts'
import { ScriptedHost } from '../support/scripted-host.ts'

const topic = (name: string): MetadataRecord => ({
  type: 'TopicRecord',
  name,
  topicId: `${name}-id`.padEnd(21, 'x') + 'A',
})

describe('a broker follows the metadata log (R-109)', () => {
  let host: ScriptedHost
  let observer: MetadataObserver
  let published: string[][]

  beforeEach(() => {
    host = new ScriptedHost()
    published = []
    const controller = { id: 3000, host: 'controller-3000', port: 9093 }
    observer = new MetadataObserver(host, 1, controller, brokerConfig(), (delta: MetadataDelta) => {
      published.push([...delta.topics])
    })
    host.settle()
  })

  const fetches = () => host.network.requests('Fetch')
  const askedOffsets = () => fetches().map(({ body }) => body.topics[0]?.partitions[0]?.fetchOffset)

  function answer(records: Uint8Array, errorCode: number = Errors.NONE): void {
    host.network.next('Fetch').answer({
      throttleTimeMs: 0,
      errorCode: Errors.NONE,
      sessionId: 0,
      responses: [
        {
          topic: '',
          topicId: METADATA_TOPIC_ID,
          partitions: [
            {
              partitionIndex: 0,
              errorCode,
              highWatermark: 0,
              lastStableOffset: 0,
              logStartOffset: 0,
              divergingEpoch: DEFAULT_DIVERGING_EPOCH,
              currentLeader: DEFAULT_CURRENT_LEADER,
              snapshotId: DEFAULT_SNAPSHOT_ID,
              abortedTransactions: null,
              preferredReadReplica: -1,
              records,
            },
          ],
        },
      ],
      nodeEndpoints: [],
    })
    host.settle()
  }

  /** Batches of topics, one after another from `offset` on. */
  function batches(offset: number, ...names: readonly (readonly string[])[]): Uint8Array {
    const parts: number[] = []
    let at = offset
    for (const batch of names) {
      const bytes = encodeMetadataBatch(batch.map(topic), 0)
      patchForAppend(bytes, 0, at, 1)
      parts.push(...bytes)
      at += batch.length
    }
    return Uint8Array.from(parts)
  }

  it('from the beginning, always asking for what comes next', () => {
    answer(batches(0, ['a'], ['b', 'c']))
    answer(batches(3, ['d']))
    expect(askedOffsets()).toEqual([0, 3, 4])
    expect(observer.nextOffset).toBe(4)
    expect([...observer.image.topics.keys()]).toEqual(['a', 'b', 'c', 'd'])
  })

  it('publishing nothing before it is told to, then all it has read as one change', () => {
    answer(batches(0, ['a'], ['b']))
    answer(batches(2, ['c']))
    expect(published).toEqual([])
    observer.startPublishing()
    expect(published).toEqual([['a', 'b', 'c']])
  })

  it('publishing several batches read at once as one change', () => {
    observer.startPublishing()
    answer(batches(0, ['a'], ['b']))
    answer(batches(2, ['c']))
    expect(published).toEqual([['a', 'b'], ['c']])
  })

  it('publishing nothing when nothing came', () => {
    observer.startPublishing()
    answer(new Uint8Array(0))
    expect(published).toEqual([])
    expect(askedOffsets()).toEqual([0, 0])
  })

  it('trying again after an error or a lost connection', () => {
    answer(new Uint8Array(0), Errors.UNKNOWN_SERVER_ERROR)
    expect(fetches()).toHaveLength(1)
    host.clock.advance(20)
    expect(fetches()).toHaveLength(2)
    host.network.next('Fetch').connection.lose()
    host.clock.advance(100)
    expect(askedOffsets()).toEqual([0, 0, 0])
  })
})
