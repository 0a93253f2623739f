// Answers about positions (C-5 … C-8): they count for the partition that asked, and for no other that has its name.

import { expect, it } from 'vitest'
import { AssignedPartition } from '../../src/client/assigned-partition.ts'
import { type PositionListener, PositionRequests } from '../../src/client/position-requests.ts'

import type { NetworkClient } from '../../src/network/network-client.ts'
import { consumerConfig } from '../support/configs.ts'

const LEADER = { id: 1, host: 'broker-1', port: 9092 }

type Send = Pick<NetworkClient, 'send'>['send']
type Handlers = { onResponse(body: unknown): void; onFailure(why: string): void }

function asked(change: (requests: PositionRequests, partition: AssignedPartition) => void) {
  const told: string[] = []
  const partition = new AssignedPartition('orders', 0)
  let assigned: AssignedPartition = partition
  let handlers: Handlers | undefined
  const send = ((_node: unknown, _api: unknown, _body: unknown, given: Handlers) => {
    handlers = given
  }) as unknown as Send
  const listener: PositionListener = {
    isAssigned: (other) => other === assigned,
    isCurrent: () => true,
    onMoved: (_partition, from, why) => told.push(`moved from ${from}: ${why}`),
    onError: (_partition, code) => told.push(`error ${code}`),
    onSettled: () => {},
  }
  change(new PositionRequests({ send }, consumerConfig({}), listener), partition)
  return {
    told,
    partition,
    givenAnew: () => {
      assigned = new AssignedPartition('orders', 0)
    },
    answer: (body: unknown) => handlers?.onResponse(body),
    fail: () => handlers?.onFailure('NETWORK_EXCEPTION'),
  }
}

function validating() {
  return asked((requests, partition) => {
    partition.startAt(8, 0)
    partition.state = 'awaiting-validation'
    requests.validate(partition, LEADER, 2)
  })
}

const TRUNCATED = { topics: [{ partitions: [{ errorCode: 0, leaderEpoch: 0, endOffset: 3 }] }] }

it('a position beyond the end of its epoch goes back to that end (C-8)', () => {
  const { told, partition, answer } = validating()
  answer(TRUNCATED)
  expect(told).toEqual(['moved from 8: the log was truncated below the position'])
  expect([partition.position, partition.state]).toEqual([3, 'fetching'])
})

it.each([
  ['that its log was truncated', (asking: ReturnType<typeof validating>) => asking.answer(TRUNCATED)],
  ['of an error', (asking) => asking.answer({ topics: [{ partitions: [{ errorCode: 74 }] }] })],
  ['nothing', (asking) => asking.fail()],
] as const satisfies readonly [string, (asking: ReturnType<typeof validating>) => void][])(
  'a partition that was given up, and assigned again, is told %s of before',
  (_what, answers) => {
    const asking = validating()
    asking.givenAnew()
    answers(asking)
    expect(asking.told).toEqual([])
    expect(asking.partition).toMatchObject({ position: 8, isAsking: false })
  },
)

it('nor is where it begins what was asked for before', () => {
  const asking = asked((requests, partition) => requests.reset(partition, LEADER, 2))
  asking.givenAnew()
  asking.answer({ topics: [{ partitions: [{ errorCode: 0, offset: 5 }] }] })
  expect(asking.partition.position).toBe(-1)
})
