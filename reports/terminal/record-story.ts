// The story of a record for people at a terminal: of each record that is meant what became of it, its steps in order of
// time, and where it is in the end.

import type { ChalkInstance } from 'chalk'
import type {
  LossCause,
  RecordAccount,
  RecordPlace,
  RecordStory,
  ReplicaAtEnd,
} from '../../src/scenario/story/record-story.ts'
import { virtualTime } from '../figures.ts'
import { printable, wrap } from './cell-text.ts'
import { type Layout, section } from './layout.ts'
import { palette } from './palette.ts'
import { stepLines } from './record-steps.ts'
import { cell, table, type Cell } from './table.ts'

export interface StoryOptions {
  /** Its level decides about colour. */
  readonly chalk: ChalkInstance
  readonly columns: number
}

/** Lines ending in a line feed each. */
export function recordStoryReport(story: RecordStory, options: StoryOptions): string {
  const layout: Layout = { palette: palette(options.chalk), columns: Math.max(40, options.columns) }
  const { palette: paint } = layout
  const { record, scenario, seed, kafka, accounts, traceHash, reproduce } = story
  const facts = `${printable(scenario)}  seed ${seed}  Kafka ${printable(kafka)}`
  const names = accounts.map((account) => account.record)
  const several = `At this offset there were ${names.length} records, one after the other: ${names.join(', ')}.`
  const lines = [
    `${paint.heading(printable(record))}  ${paint.faint(facts)}`,
    ...(accounts.length > 1 ? wrap(several, layout.columns - 2).map((line) => `  ${line}`) : []),
    ...accounts.flatMap((account) => accountLines(layout, account)),
    '',
    paint.faint(`trace ${traceHash}`),
    `${paint.faint('replay:')} ${reproduce}`,
  ]
  return lines.map((line) => `${line}\n`).join('')
}

function accountLines(layout: Layout, account: RecordAccount): string[] {
  const { palette: paint } = layout
  const { word, tone } = FATES[account.fate]
  const verdict = `${paint[tone](paint.heading(word))}  ${paint.strong(printable(account.record))}`
  const text = wrap(summaryOf(account), layout.columns - 2).map((line) => `  ${line}`)
  return [
    '',
    verdict,
    ...text,
    ...section(layout, 'What happened', stepLines(layout, account)),
    ...account.places.flatMap((place) =>
      section(layout, `${place.partition}@${place.offset} in the end`, replicaLines(layout, place, account.record)),
    ),
  ]
}

const FATES = {
  safe: { word: 'SAFE', tone: 'good' },
  lost: { word: 'LOST', tone: 'bad' },
  deleted: { word: 'DELETED', tone: 'notable' },
  duplicated: { word: 'DUPLICATED', tone: 'bad' },
  unacknowledged: { word: 'UNKNOWN', tone: 'notable' },
  absent: { word: 'NOT WRITTEN', tone: 'notable' },
  undecided: { word: 'UNDECIDED', tone: 'notable' },
} as const

/** In a sentence or two. */
function summaryOf(account: RecordAccount): string {
  const { fate, places, loss, outcome } = account
  const where = places.map(({ partition, offset }) => `${partition}@${offset}`).join(' and ')
  switch (fate) {
    case 'safe':
      return `It was acknowledged, and in the end the leader has it at ${where}.`
    case 'lost':
      return loss === null
        ? 'It was acknowledged, and in the end the leader does not have it.'
        : `It was acknowledged, and in the end the leader does not have it. ${lossText(loss)}`
    case 'deleted':
      return 'It was acknowledged, and then deleted on purpose.'
    case 'duplicated':
      return `In the end the leader has it ${places.length === 2 ? 'twice' : 'several times'}: at ${where}. A batch whose answer did not arrive was sent again, and nothing told the leader that it had it already.`
    case 'unacknowledged':
      return `Its producer was never told that it was written${toldOf(account)}. In the end the leader has it all the same, at ${where}: who reads the topic reads it.`
    case 'absent':
      return outcome === 'fail'
        ? 'Its producer was told that it was not written, and in the end the leader does not have it.'
        : `Its producer was never told that it was written${toldOf(account)}, and in the end the leader does not have it.`
    case 'undecided':
      return 'It was acknowledged, and its partition has no leader in the end: which log counts nobody can say.'
  }
}

function toldOf({ acks, outcome }: RecordAccount): string {
  return acks === 0 ? ' (acks=0 asks for no answer)' : outcome === 'pending' ? ' (it still waits)' : ''
}

function lossText({ broker, acks, holders, isr, election, fault }: LossCause): string {
  const others = holders.filter((holder) => holder !== broker)
  const copies = others.length === 0 ? `only broker ${broker} had it` : `brokers ${holders.join(', ')} had it`
  const acked = `When broker ${broker} acknowledged it (acks=${acks === -1 ? 'all' : acks}, ISR [${isr.join(',')}]), ${copies}.`
  if (election === null) return acked
  const first = fault === null ? '' : `At ${virtualTime(fault.atMs)} came "${printable(fault.detail)}". `
  const kind = election.unclean ? 'unclean: from outside the ISR' : 'from the ISR'
  const led = `At ${virtualTime(election.atMs)} broker ${election.to}, which did not have it, became the leader (epoch ${election.leaderEpoch}, ${kind}); what a leader lacks, its followers cut.`
  return `${acked} ${first}${led}`
}

function replicaLines(layout: Layout, { replicas }: RecordPlace, record: string): string[] {
  const { palette: paint } = layout
  const heading = ['broker', 'there', 'high watermark', 'log end'].map((text) => cell(text, paint.faint))
  const rows = replicas.map((replica): Cell[] => {
    const name = `${replica.broker}${replica.isLeader ? ', leader' : ''}`
    const tone = replica.state === 'here' ? paint.good : replica.state === 'other' ? paint.bad : paint.notable
    const known = replica.logEndOffset >= 0
    return [
      cell(name, paint.strong),
      cell(thereText(replica, record), tone),
      cell(known ? String(replica.highWatermark) : ''),
      cell(known ? String(replica.logEndOffset) : ''),
    ]
  })
  return table([heading, ...rows], { indent: 2, align: ['left', 'left', 'right', 'right'] })
}

function thereText(replica: ReplicaAtEnd, record: string): string {
  switch (replica.state) {
    case 'here':
      return `${record}, epoch ${replica.epoch}`
    case 'other':
      return replica.record === null ? 'something else' : `${replica.record}, epoch ${replica.epoch}`
    case 'beyond-end':
      return 'nothing: beyond the end'
    case 'below-start':
      return `nothing: the log starts at ${replica.logStartOffset}`
    case 'down':
      return replica.hadIt ? 'the broker is down; it had it' : 'the broker is down'
    case 'none':
      return 'no such replica'
  }
}
