// What readers of a compacted topic hold in the end.

import { describe, expect, it } from 'vitest'
import { tablesOfReaders } from '../../src/history/resurrected-keys.ts'
import { completed, HistoryFixture } from './fixture.ts'

/** What was written to one partition, `a=`, `b=` or, a tombstone, `a`, and what readers were handed of it. */
class Topic {
  private readonly fixture = new HistoryFixture()

  constructor(writes: readonly string[]) {
    writes.forEach((write, n) => {
      const key = write.charCodeAt(0) - 97
      const tombstone = !write.endsWith('=')
      this.fixture.at(
        1,
        { type: 'produce-invoked', client: 'web[0]', n, topic: 't', key, tombstone },
        completed('web[0]', n, { partition: 't-0' }),
      )
    })
  }

  deliver(client: string, offsets: readonly number[]): this {
    const records = offsets.map((offset) => ({ offset, leaderEpoch: 0, producer: '', n: -1 }))
    this.fixture.at(2, { type: 'records-delivered', client, partition: 't-0', records })
    return this
  }

  restart(client: string): this {
    this.fixture.at(2, { type: 'process-changed', process: `consumer-${client}`, state: 'started', detail: '' })
    return this
  }

  tables(groups: readonly string[] = []) {
    return tablesOfReaders(this.fixture.history, (consumer) => groups.some((group) => consumer.startsWith(`${group}[`)))
  }
}

describe('a reader', () => {
  const WRITES = ['a=', 'b=', 'a', 'b=']

  it('that was handed the tombstone does not hold the key', () => {
    expect(new Topic(WRITES).deliver('view[0]', [0, 1, 2, 3]).tables()).toEqual({
      held: 1,
      deletions: 1,
      resurrected: [],
    })
  })

  it('that came too late for the tombstone still holds the key', () => {
    const { resurrected } = new Topic(WRITES).deliver('view[0]', [0, 1, 3]).tables()
    expect(resurrected).toEqual([{ consumer: 'view[0]', partition: 't-0', key: 'k0', offset: 0, tombstone: 2 }])
  })

  it('that has not come to the tombstone yet holds the key rightly', () => {
    expect(new Topic(WRITES).deliver('view[0]', [0, 1]).tables().resurrected).toEqual([])
  })

  it('holds rightly what was written again after its deletion', () => {
    expect(new Topic(['a=', 'a', 'a=']).deliver('view[0]', [0, 2]).tables().resurrected).toEqual([])
  })

  it('may miss what was overwritten', () => {
    expect(new Topic(['a=', 'a=', 'a=']).deliver('view[0]', [0, 2]).tables().resurrected).toEqual([])
  })
})

describe('after a restart', () => {
  const WRITES = ['a=', 'a', 'b=']

  it('a consumer without a group builds its table anew', () => {
    const topic = new Topic(WRITES).deliver('view[0]', [0]).restart('view[0]').deliver('view[0]', [2])
    expect(topic.tables().resurrected).toEqual([])
  })

  it('a group goes on with the one it has, whoever its members are', () => {
    const topic = new Topic(WRITES).deliver('view[0]', [0]).restart('view[0]').deliver('view[1]', [2])
    expect(topic.tables(['view']).resurrected).toMatchObject([{ consumer: 'view', key: 'k0' }])
  })
})
