// Parts of chapters that write nothing down: they wait until a cluster has come to where the next question makes sense,
// and look up whom to ask.

import {
  epochEnd,
  fetch,
  LATEST,
  listOffsets,
  metadata,
  initProducerId,
  createTopic,
  type TopicFields,
} from './requests.ts'
import { findCoordinator, offsetFetch } from './group-requests.ts'
import { type JsonObject, peek, type Script } from './step.ts'

const PAUSE_MS = 50
const PATIENCE_MS = 60_000

/** Asks again and again until `probe` finds something. */
export function* until<T>(what: string, probe: () => Script<T | undefined>): Script<T> {
  for (let waitedMs = 0; waitedMs < PATIENCE_MS; waitedMs += PAUSE_MS) {
    const found = yield* probe()
    if (found !== undefined) return found
    yield { kind: 'pause', ms: PAUSE_MS }
  }
  throw new Error(`in vain: ${what}`)
}

/** All of `brokers` know each other, and nobody else. */
export function* brokersUp(brokers: readonly number[]): Script {
  for (const to of brokers) {
    yield* until(`broker ${to} knows brokers ${brokers.join()}`, function* () {
      const body = yield* peek(to, metadata([]))
      if (body === undefined) return undefined
      const ids = objects(body['brokers']).map(({ nodeId }) => Number(nodeId))
      return ids.toSorted((a, b) => a - b).join() === brokers.join() ? true : undefined
    })
  }
}

export interface PartitionView {
  readonly leader: number
  readonly leaderEpoch: number
  readonly isr: readonly number[]
}

/** What broker `to` says of a partition. */
export function* partitionAt(to: number, topic: string, index: number): Script<PartitionView | undefined> {
  const body = yield* peek(to, metadata([topic]))
  const found = objects(body?.['topics']).find(({ name, errorCode }) => name === topic && errorCode === 0)
  const partition = objects(found?.['partitions']).find(({ partitionIndex }) => partitionIndex === index)
  if (partition === undefined) return undefined
  const { leaderId, leaderEpoch, isrNodes } = partition
  return { leader: Number(leaderId), leaderEpoch: Number(leaderEpoch), isr: isrNodes as readonly number[] }
}

/** All of `brokers` say of the partition what is wanted. */
export function* partitionIs(
  brokers: readonly number[],
  topic: string,
  index: number,
  wanted: { readonly leader?: number; readonly isr?: readonly number[] },
): Script {
  for (const to of brokers) {
    yield* until(`broker ${to} sees ${JSON.stringify(wanted)} of ${topic}-${index}`, function* () {
      const view = yield* partitionAt(to, topic, index)
      if (view === undefined) return undefined
      if (wanted.leader !== undefined && wanted.leader !== view.leader) return undefined
      if (wanted.isr !== undefined && wanted.isr.join() !== view.isr.toSorted((a, b) => a - b).join()) return undefined
      return true
    })
  }
}

/** The leader answers for the offset up to which everything is committed, at least `offset`. */
export function* committed(leader: number, topic: string, index: number, offset: number): Script {
  yield* until(`${topic}-${index} is committed up to ${offset}`, function* () {
    const body = yield* peek(leader, listOffsets(topic, index, LATEST))
    const answer = objects(objects(body?.['topics'])[0]?.['partitions'])[0]
    return answer?.['errorCode'] === 0 && Number(answer['offset']) >= offset ? true : undefined
  })
}

/** The broker acts as leader in whatever epoch is the latest. */
export function* leads(leader: number, topic: string, index: number): Script {
  yield* until(`broker ${leader} leads ${topic}-${index}`, function* () {
    const body = yield* peek(leader, epochEnd(topic, index, 0))
    return objects(objects(body?.['topics'])[0]?.['partitions'])[0]?.['errorCode'] === 0 ? true : undefined
  })
}

/** A follower knows that everything below `offset` is committed. */
export function* followed(follower: number, topicId: string, index: number, offset: number): Script {
  yield* until(`broker ${follower} follows up to ${offset}`, function* () {
    const body = yield* peek(follower, fetch(topicId, index))
    const answer = objects(objects(body?.['responses'])[0]?.['partitions'])[0]
    return answer?.['errorCode'] === 0 && Number(answer['highWatermark']) >= offset ? true : undefined
  })
}

/** Creates a topic, waits until `brokers` know it and each partition's first replica leads it; gives its id. */
export function* topicReady(brokers: readonly number[], name: string, fields: TopicFields = {}): Script<string> {
  const body = yield* peek('controller', createTopic(name, fields))
  const created = objects(body?.['topics'])[0]
  if (created?.['errorCode'] !== 0) throw new Error(`topic ${name} was not created: ${JSON.stringify(body)}`)
  for (let index = 0; index < Number(created['numPartitions']); index++) {
    for (const to of brokers) {
      const { leader } = yield* until(`broker ${to} knows ${name}-${index}`, () => partitionAt(to, name, index))
      yield* leads(leader, name, index)
    }
  }
  return String(created['topicId'])
}

/** Who coordinates the group, as broker `to` says; −1 if nobody does. */
export function* coordinatorOf(to: number, group: string): Script<number> {
  const body = yield* peek(to, findCoordinator(group))
  return Number(objects(body?.['coordinators'])[0]?.['nodeId'] ?? -1)
}

/** All of `brokers` name a coordinator of the group, who is in office. */
export function* coordinatorReady(brokers: readonly number[], group: string): Script {
  for (const to of brokers) {
    yield* until(`broker ${to} knows a coordinator that answers`, function* () {
      const coordinator = yield* coordinatorOf(to, group)
      if (coordinator < 0) return undefined
      const body = yield* peek(coordinator, offsetFetch(group))
      return objects(body?.['groups'])[0]?.['errorCode'] === 0 ? true : undefined
    })
  }
}

/** A new producer id. */
export function* producerId(to: number): Script<number> {
  return yield* until('a producer id', function* () {
    const body = yield* peek(to, initProducerId())
    return body?.['errorCode'] === 0 ? Number(body['producerId']) : undefined
  })
}

function objects(list: unknown): readonly JsonObject[] {
  return Array.isArray(list) ? (list as readonly JsonObject[]) : []
}
