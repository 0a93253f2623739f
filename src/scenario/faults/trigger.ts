// What a fault may wait for (`when:`), as written. This parses the words; whether it has come is watched elsewhere.

import { failed, type Literal, wrongType } from '../text/literals.ts'
import { GROUP_TRIGGER_FORMS, GROUP_TRIGGER_PATTERN, type GroupTrigger, parseGroupTrigger } from './group-trigger.ts'

export type Comparator = '==' | '!=' | '<' | '<=' | '>' | '>='

interface OfPartition {
  readonly topic: string
  readonly partition: number
  /** As written. */
  readonly text: string
}

export type Trigger =
  /** The committed ISR has just these members, in any order; or (`!=`) it has not. */
  | (OfPartition & { readonly kind: 'isr'; readonly equal: boolean; readonly members: readonly number[] })
  | (OfPartition & { readonly kind: 'isr-size' | 'epoch'; readonly comparator: Comparator; readonly value: number })
  /** −1: none. */
  | (OfPartition & { readonly kind: 'leader'; readonly equal: boolean; readonly leader: number })
  /** The record at this offset, or a later one. */
  | (OfPartition & { readonly kind: 'record'; readonly offset: number; readonly step: RecordStep })
  | { readonly kind: 'broker'; readonly state: 'fenced' | 'unfenced'; readonly broker: number; readonly text: string }
  | { readonly kind: 'fault'; readonly state: 'fired' | 'healed'; readonly id: string; readonly text: string }
  | GroupTrigger

/** In a leader's log; acknowledged to its producer; below the leader's high watermark. */
export type RecordStep = 'appended' | 'acked' | 'committed'

export const TRIGGER_FORMS =
  'isr(orders-0) == [1], size(isr(orders-0)) < 3, leader(orders-0) == 2, leader(orders-0) == none, epoch(orders-0) >= 2, ' +
  'record orders-0@500 appended|acked|committed, fenced(broker:2), unfenced(broker:2), fired(kill-1), healed(kill-1), ' +
  GROUP_TRIGGER_FORMS

const PARTITION = String.raw`\(\s*([\w.-]{1,249})-(\d{1,6})\s*\)`
const ISR = new RegExp(String.raw`^isr${PARTITION}\s*(==|!=)\s*\[\s*((?:\d{1,9}(?:\s*,\s*\d{1,9})*)?)\s*\]$`)
const ISR_SIZE = new RegExp(String.raw`^size\(\s*isr${PARTITION}\s*\)\s*(==|!=|<=|>=|<|>)\s*(\d{1,4})$`)
const LEADER = new RegExp(String.raw`^leader${PARTITION}\s*(==|!=)\s*(none|\d{1,9})$`)
const EPOCH = new RegExp(String.raw`^epoch${PARTITION}\s*(==|!=|<=|>=|<|>)\s*(\d{1,9})$`)
const RECORD = /^record\s+([\w.-]{1,249})-(\d{1,6})@(\d{1,15})\s+(appended|acked|committed)$/
const BROKER = /^(fenced|unfenced)\(\s*broker:(\d{1,9})\s*\)$/
const FAULT = /^(fired|healed)\(\s*([\w.-]{1,100})\s*\)$/

/** What editors are told. */
const TRIGGER_PATTERN = [
  ...[ISR, ISR_SIZE, LEADER, EPOCH, RECORD, BROKER, FAULT].map(({ source }) => source),
  GROUP_TRIGGER_PATTERN,
].join('|')

export const trigger: Literal<Trigger> = {
  expected: 'a text such as "isr(orders-0) == [1]" or "record orders-0@500 acked"',
  json: {
    type: 'string',
    pattern: TRIGGER_PATTERN,
    examples: ['isr(orders-0) == [1]', 'record orders-0@500 acked', 'healed(kill-1)'],
  },
  read: (raw) => {
    if (typeof raw !== 'string') return wrongType(trigger, raw)
    const value = parseTrigger(raw.trim().slice(0, 400))
    return value === undefined
      ? failed('KS220', `"${raw.slice(0, 60)}" is nothing a fault can wait for`, `write ${TRIGGER_FORMS}`)
      : { value }
  },
}

export function parseTrigger(text: string): Trigger | undefined {
  const isr = ISR.exec(text)
  if (isr !== null) {
    const members = (isr[4] ?? '').split(',').filter((member) => member.trim() !== '')
    return { kind: 'isr', ...partitionOf(isr, text), equal: isr[3] === '==', members: members.map(Number) }
  }
  const size = ISR_SIZE.exec(text)
  if (size !== null) return { kind: 'isr-size', ...partitionOf(size, text), ...comparisonOf(size) }
  const epoch = EPOCH.exec(text)
  if (epoch !== null) return { kind: 'epoch', ...partitionOf(epoch, text), ...comparisonOf(epoch) }
  const leader = LEADER.exec(text)
  if (leader !== null) {
    const id = leader[4] === 'none' ? -1 : Number(leader[4])
    return { kind: 'leader', ...partitionOf(leader, text), equal: leader[3] === '==', leader: id }
  }
  const record = RECORD.exec(text)
  if (record !== null) {
    const step = record[4] === 'acked' || record[4] === 'committed' ? record[4] : 'appended'
    return { kind: 'record', ...partitionOf(record, text), offset: Number(record[3]), step }
  }
  const broker = BROKER.exec(text)
  if (broker !== null) {
    return { kind: 'broker', state: broker[1] === 'fenced' ? 'fenced' : 'unfenced', broker: Number(broker[2]), text }
  }
  const fault = FAULT.exec(text)
  if (fault === null) return parseGroupTrigger(text, comparatorOf)
  return { kind: 'fault', state: fault[1] === 'fired' ? 'fired' : 'healed', id: fault[2] ?? '', text }
}

export function compare(left: number, comparator: Comparator, right: number): boolean {
  switch (comparator) {
    case '==':
      return left === right
    case '!=':
      return left !== right
    case '<':
      return left < right
    case '<=':
      return left <= right
    case '>':
      return left > right
    case '>=':
      return left >= right
  }
}

function partitionOf(found: RegExpExecArray, text: string): OfPartition {
  return { topic: found[1] ?? '', partition: Number(found[2]), text }
}

function comparisonOf(found: RegExpExecArray): { comparator: Comparator; value: number } {
  return { comparator: comparatorOf(found[3]), value: Number(found[4]) }
}

function comparatorOf(written: string | undefined): Comparator {
  const known: readonly Comparator[] = ['==', '!=', '<', '<=', '>', '>=']
  return known.find((each) => each === written) ?? '=='
}
