// Where a member reads on is the application's to say (C-23), and what it says is not undone by answers that come late, by a
// rebalance that leaves it its partition, or by what was fetched before (C-4).

import { beforeEach, describe, expect, it } from 'vitest'
import { sleepUntil } from '../../../src/client/group/blocking.ts'
import { GroupRig } from './group-rig.ts'

let rig: GroupRig

beforeEach(() => {
  rig = new GroupRig()
  rig.logEnd = 10
})

const reads = (partition: number) => rig.told.filter((line) => line.startsWith(`read ${partition}:`))

describe('a seek', () => {
  it('while the committed offset is being asked for is what counts', () => {
    rig.committed.set('orders-0', 2)
    rig.start({ 'enable.auto.commit': false })
    rig.onAssigned = (consumer) => consumer.seek('orders-0', 7)
    rig.joinWith([0])
    rig.clock.advance(100)
    expect(reads(0)).toEqual(['read 0: 7 8 9'])
  })

  it('while a reset is being asked for cancels it', () => {
    rig.start({ 'enable.auto.commit': false })
    const held = rig.holdListOffsets()
    rig.joinWith([0])
    rig.clock.advance(10)
    expect(held).toHaveLength(1)
    rig.consumer.seek('orders-0', 8)
    held[0]?.()
    rig.clock.advance(1000)
    expect(reads(0)).toEqual(['read 0: 8 9'])
  })

  it('to the beginning or the end asks the leader, whatever is committed', () => {
    rig.committed.set('orders-0', 4)
    rig.committed.set('orders-1', 4)
    rig.start({ 'enable.auto.commit': false, 'auto.offset.reset': 'none' })
    rig.onAssigned = (consumer) => {
      consumer.seekToEnd('orders-0', 'earliest')
      consumer.seekToEnd('orders-1', 'latest')
    }
    rig.joinWith([0, 1])
    rig.clock.advance(1000)
    expect(reads(0)).toEqual(['read 0: 0 1 2 3 4 5 6 7 8 9'])
    expect(rig.listed).toEqual([
      [0, -2],
      [1, -1],
    ])
  })
})

describe('a pause', () => {
  it('holds back what is read, until it is resumed', () => {
    rig.start({ 'enable.auto.commit': false })
    rig.onAssigned = (consumer) => {
      if (reads(0).length === 0) consumer.pause('orders-0')
    }
    rig.joinWith([0, 1])
    rig.clock.advance(100)
    expect(reads(0)).toEqual([])
    expect(reads(1)).toEqual(['read 1: 0 1 2 3 4 5 6 7 8 9'])
    rig.consumer.resume('orders-0')
    rig.clock.advance(1000)
    expect(reads(0)).toEqual(['read 0: 0 1 2 3 4 5 6 7 8 9'])
  })
})

describe('wakeup', () => {
  it('interrupts a commit that waits, once; nothing is lost by it, and closing is not disturbed (C-23)', () => {
    rig.start({ 'enable.auto.commit': false })
    const outcomes: string[] = []
    const held: (() => void)[] = []
    rig.heldCommits = held
    rig.onRecords = function* (consumer) {
      try {
        yield* consumer.commitSync()
        outcomes.push('committed')
      } catch (error) {
        outcomes.push(String(error))
        held[0]?.()
        yield* consumer.commitSync()
        outcomes.push('committed')
        rig.stopping = true
        consumer.wakeup()
      }
      yield* sleepUntil(rig, rig.clock.monotonicMs() + 1)
    }
    rig.joinWith([0])
    rig.clock.advance(100)
    rig.consumer.wakeup()
    rig.clock.advance(2000)
    expect(outcomes).toEqual(['ConsumerError: WakeupException', 'committed'])
    expect(rig.told).toContain('commit sync g1 0@10')
    expect(rig.told.at(-1)).toBe('closed')
  })
})
