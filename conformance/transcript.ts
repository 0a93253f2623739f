// What was asked and answered, in a form in which two clusters can be compared: error codes by name, record batches in hex,
// topic ids by their topic's name, and without what says nothing about behaviour. `README.md` lists what is left out.

import { errorName } from '../src/protocol/error-codes.ts'
import type { Answer, Call, Json, JsonObject } from './step.ts'

/** JSON without bytes. */
export type Plain = null | boolean | number | string | readonly Plain[] | PlainObject
export type PlainObject = { readonly [field: string]: Plain }

export interface Exchange {
  readonly chapter: string
  readonly title: string
  readonly to: string
  readonly api: string
  readonly version: number
  readonly request: Plain
  /** The body, or 'connection closed', or 'no answer'. */
  readonly answer: Plain
}

/** Says nothing about behaviour, or is up to the machine. */
const LEFT_OUT: ReadonlySet<string> = new Set([
  'throttleTimeMs',
  'host',
  'port',
  'clusterId',
  'controllerId',
  'timeoutMs',
  'batchIndexErrorMessage',
  // Version-bound twins of the topic id.
  'topicNames',
  // Where a member's requests come from.
  'clientHost',
])

/** Fields of answers that ours do not fill: see README.md. */
const NOT_COMPARED: { readonly [api: string]: ReadonlySet<string> } = {
  // The configs of a topic just created.
  CreateTopics: new Set(['configs', 'topicConfigErrorCode']),
  // The name was replaced by the id long before this version; there are no transactions yet.
  Fetch: new Set(['topic', 'abortedTransactions']),
}

/** Sets in the form of lists. */
const SETS: ReadonlySet<string> = new Set(['isrNodes', 'offlineReplicas'])

/** Lists whose order is up to a hash map in Kafka, and what they are sorted by here. */
const UNORDERED: { readonly [api: string]: { readonly [field: string]: string } } = {
  Metadata: { brokers: 'nodeId', topics: 'name', partitions: 'partitionIndex' },
  CreateTopics: { topics: 'name', configs: 'name' },
  DeleteTopics: { responses: 'name' },
  CreatePartitions: { results: 'name' },
  ElectLeaders: { replicaElectionResults: 'topic', partitionResult: 'partitionId' },
  JoinGroup: { members: 'memberId' },
  DescribeGroups: { groups: 'groupId', members: 'memberId' },
  ListGroups: { groups: 'groupId' },
  DeleteGroups: { results: 'groupId' },
  OffsetFetch: { topics: 'name', partitions: 'partitionIndex' },
}

const MEMBER_ID = /-[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/

/** Writes down one chapter after the other of one play. */
export class Transcript {
  readonly exchanges: Exchange[] = []
  private readonly topicIds = new Map<string, string>()
  private readonly sessions = new Map<number, string>()
  private readonly members = new Map<string, string>()

  add(chapter: string, call: Call, answer: Answer): void {
    this.learnIds(answer)
    const { title, to, api, version, body } = call
    if (title === '') return
    this.exchanges.push({
      chapter,
      title,
      to: to === 'controller' ? to : `broker ${to}`,
      api,
      version,
      request: this.plain(body, api, '', true),
      answer: this.answer(answer, api),
    })
  }

  private answer(answer: Answer, api: string): Plain {
    switch (answer.kind) {
      case 'answer':
        return this.plain(answer.body, api, '', false)
      case 'closed':
        return 'connection closed'
      case 'silence':
        return 'no answer'
      default:
        return answer satisfies never
    }
  }

  private learnIds(answer: Answer): void {
    const topics = answer.kind === 'answer' ? answer.body['topics'] : undefined
    if (!Array.isArray(topics)) return
    for (const topic of topics as readonly JsonObject[]) {
      const { name, topicId } = topic
      if (typeof name !== 'string' || typeof topicId !== 'string' || /^A*$/.test(topicId)) continue
      if (!this.topicIds.has(topicId)) this.topicIds.set(topicId, `<id of ${name}>`)
    }
  }

  private plain(value: Json, api: string, field: string, isRequest: boolean): Plain {
    if (value === null || typeof value === 'boolean') return value
    if (typeof value === 'string') return this.topicIds.get(value) ?? this.member(value)
    if (typeof value === 'number') return this.number(value, field)
    if (value instanceof Uint8Array) return hexOf(value)
    if (Array.isArray(value)) return this.list(value as readonly Json[], api, field, isRequest)
    const fields = Object.entries(value as JsonObject).filter(
      ([name]) => !LEFT_OUT.has(name) && (isRequest || NOT_COMPARED[api]?.has(name) !== true),
    )
    return Object.fromEntries(fields.map(([name, inner]) => [name, this.plain(inner, api, name, isRequest)]))
  }

  private list(items: readonly Json[], api: string, field: string, isRequest: boolean): Plain {
    const plain = items.map((item) => this.plain(item, api, field, isRequest))
    if (SETS.has(field)) return plain.toSorted((a, b) => Number(a) - Number(b))
    if (isRequest) return plain
    const key = UNORDERED[api]?.[field]
    if (key === undefined) return plain
    const keyOf = (item: Plain): string => String((item as PlainObject)[key]).padStart(6, '0')
    return plain.toSorted((a, b) => (keyOf(a) < keyOf(b) ? -1 : keyOf(a) > keyOf(b) ? 1 : 0))
  }

  /** Member ids are drawn by chance, behind the name of the client or of the instance. */
  private member(value: string): string {
    if (!MEMBER_ID.test(value)) return value
    const name = this.members.get(value) ?? `<member ${this.members.size + 1} of ${value.replace(MEMBER_ID, '')}>`
    this.members.set(value, name)
    return name
  }

  private number(value: number, field: string): Plain {
    if (field === 'errorCode' || field === 'topicConfigErrorCode') return errorName(value)
    if (field !== 'sessionId' || value === 0) return value
    // Session ids are drawn by chance; the script never invents one that could be met.
    const name = this.sessions.get(value) ?? `<session ${this.sessions.size + 1}>`
    this.sessions.set(value, name)
    return name
  }
}

function hexOf(bytes: Uint8Array): string {
  let hex = ''
  for (const byte of bytes) hex += byte.toString(16).padStart(2, '0')
  return hex
}
