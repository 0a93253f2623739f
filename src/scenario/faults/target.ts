// Whom a fault hits, as written: resolved when the fault fires, as the controller sees the cluster then. This parses the
// words and says nothing of whether such a thing exists.

export type BrokerSet = 'one' | 'minority' | 'majority' | 'all'

/** `text` is the target as written. */
export type Target =
  | { readonly kind: 'broker'; readonly id: number; readonly text: string }
  | { readonly kind: 'rack'; readonly rack: string; readonly text: string }
  /** `follower`: the first in replica order that is not the leader. */
  | { readonly kind: 'leader' | 'follower'; readonly topic: string; readonly partition: number; readonly text: string }
  | { readonly kind: 'controller'; readonly text: string }
  /** Of a group: the leader of its partition of __consumer_offsets. */
  | { readonly kind: 'coordinator'; readonly group: string; readonly text: string }
  /** Without `index` all instances. */
  | {
      readonly kind: 'producer' | 'consumer'
      readonly name: string
      readonly index: number | undefined
      readonly text: string
    }
  /** `one` and the sets are drawn from the fault's own stream. */
  | { readonly kind: 'brokers'; readonly which: BrokerSet; readonly text: string }

export type ParsedTarget =
  | { readonly ok: true; readonly target: Target }
  /** `notBuilt`: the word is known and has no meaning yet. */
  | { readonly ok: false; readonly notBuilt: boolean }

export const TARGET_FORMS =
  'broker:2, rack:a, leader(orders-0), follower(orders-0), controller, coordinator(billing), producer(web), producer(web[1]), consumer(audit), one|minority|majority|all brokers'

const BROKER_SET = /^(?:(one|minority|majority|all)\s+brokers?|brokers)$/
const NUMBERED_BROKER = /^broker:(\d{1,9})$/
const NAMED_RACK = /^rack:([\w.-]{1,100})$/
const REPLICA = /^(leader|follower)\(\s*([\w.-]{1,249})-(\d{1,6})\s*\)$/
const CLIENT = /^(producer|consumer)s?\(\s*([\w.-]{1,100})(?:\[(\d{1,6})\])?\s*\)$/
const COORDINATOR = /^coordinator\(\s*([\w.-]{1,100})\s*\)$/
const LATER = /^(?:txn-coordinator\(.*\)|app(?:\[\d+\])?)$/

/** What editors are told. */
export const TARGET_PATTERN = [
  '^controller$',
  ...[NUMBERED_BROKER, NAMED_RACK, BROKER_SET, REPLICA, CLIENT, COORDINATOR].map(({ source }) => source),
].join('|')

export function parseTarget(raw: string): ParsedTarget {
  const text = raw.trim()
  if (text === 'controller') return { ok: true, target: { kind: 'controller', text } }
  const broker = NUMBERED_BROKER.exec(text)
  if (broker !== null) return { ok: true, target: { kind: 'broker', id: Number(broker[1]), text } }
  const rack = NAMED_RACK.exec(text)
  if (rack !== null) return { ok: true, target: { kind: 'rack', rack: rack[1] ?? '', text } }
  const set = BROKER_SET.exec(text)
  if (set !== null) return { ok: true, target: { kind: 'brokers', which: setOf(set[1]), text } }
  const replica = REPLICA.exec(text)
  if (replica !== null) {
    const kind = replica[1] === 'leader' ? 'leader' : 'follower'
    return { ok: true, target: { kind, topic: replica[2] ?? '', partition: Number(replica[3]), text } }
  }
  const client = CLIENT.exec(text)
  if (client !== null) {
    const kind = client[1] === 'producer' ? 'producer' : 'consumer'
    const index = client[3] === undefined ? undefined : Number(client[3])
    return { ok: true, target: { kind, name: client[2] ?? '', index, text } }
  }
  const coordinator = COORDINATOR.exec(text)
  if (coordinator !== null) return { ok: true, target: { kind: 'coordinator', group: coordinator[1] ?? '', text } }
  return { ok: false, notBuilt: LATER.test(text) }
}

function setOf(word: string | undefined): BrokerSet {
  return word === 'one' || word === 'minority' || word === 'majority' ? word : 'all'
}
