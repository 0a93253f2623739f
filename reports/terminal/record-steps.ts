// The steps of a record's story, one a line: when, a glyph and a colour for what it means, who, and what.

import type { GoneStep, RecordAccount, StoryStep } from '../../src/scenario/story/record-story.ts'
import { counted, virtualTime } from '../figures.ts'
import { padEnd, padStart, printable, truncate, widthOf } from './cell-text.ts'
import { hanging, type Layout } from './layout.ts'
import type { Palette } from './palette.ts'

type StepKind = StoryStep['kind']

/** All of these are one column wide; those of the timeline mean the same here. */
const LOOKS: { readonly [Kind in StepKind]: readonly [glyph: string, paint: keyof Palette] } = {
  sent: ['→', 'info'],
  attempt: ['→', 'info'],
  retry: ['↻', 'notable'],
  appended: ['+', 'good'],
  'high-watermark': ['↑', 'info'],
  answered: ['✔', 'good'],
  completed: ['✔', 'good'],
  delivered: ['←', 'info'],
  gone: ['✂', 'bad'],
  recovered: ['·', 'faint'],
  election: ['★', 'good'],
  isr: ['≡', 'info'],
  fault: ['▼', 'injected'],
  heal: ['▲', 'injected'],
}

const REFUSED: readonly [string, keyof Palette] = ['✗', 'notable']
const MAX_WHO = 20
/** Of elections, ISR changes and faults that follow each other. */
const MAX_AROUND = 6

export function stepLines(layout: Layout, { steps }: RecordAccount): string[] {
  const kept = shortened(steps)
  const shown = kept.filter((item): item is StoryStep => typeof item !== 'number')
  const timeWidth = Math.max(0, ...shown.map(({ atMs }) => widthOf(virtualTime(atMs))))
  const whoWidth = Math.max(0, ...shown.map(({ who }) => widthOf(truncate(printable(who), MAX_WHO))))
  const { palette: paint } = layout
  const leadWidth = 2 + timeWidth + 4 + whoWidth + 2
  return kept.flatMap((item) => {
    if (typeof item === 'number') {
      const text = `${counted(item, 'line')} left out: elections, ISR changes, faults`
      return [`  ${' '.repeat(timeWidth)}  ${paint.faint(`⋮ ${text}`)}`]
    }
    const isRefused = (item.kind === 'answered' || item.kind === 'completed') && item.error !== null
    const [glyph, tone] = isRefused ? REFUSED : LOOKS[item.kind]
    const time = paint.faint(padStart(virtualTime(item.atMs), timeWidth))
    const who = paint.strong(padEnd(truncate(printable(item.who), MAX_WHO), whoWidth))
    return hanging(layout, `  ${time}  ${paint[tone](glyph)} ${who}  `, leadWidth, textOf(item))
  })
}

/** Of a long run of what went on around the record, the first and the last; numbers say how many are left out. */
function shortened(steps: readonly StoryStep[]): (StoryStep | number)[] {
  const kept: (StoryStep | number)[] = []
  for (let from = 0; from < steps.length;) {
    let to = from
    while (to < steps.length && isAround(steps[to])) to++
    const run = steps.slice(from, Math.max(to, from + 1))
    const omitted = run.length - MAX_AROUND
    if (omitted <= 1) kept.push(...run)
    else kept.push(...run.slice(0, MAX_AROUND / 2), omitted, ...run.slice(-MAX_AROUND / 2))
    from += run.length
  }
  return kept
}

function isAround(step: StoryStep | undefined): boolean {
  return step?.kind === 'election' || step?.kind === 'isr' || step?.kind === 'fault' || step?.kind === 'heal'
}

function textOf(step: StoryStep): string {
  switch (step.kind) {
    case 'sent':
      return 'is given it to send'
    case 'attempt': {
      const { first, last, count } = step.batch
      const batch = count === 1 ? 'alone in its batch' : `in a batch of ${count} (#${first} – #${last})`
      return `sends it to broker ${step.broker}, ${batch}${step.attempt === 1 ? '' : `: attempt ${step.attempt}`}`
    }
    case 'retry':
      return step.answered
        ? `is told ${step.error}, and will try again`
        : `gets no answer (${step.error}), and will try again: it cannot know whether it is written`
    case 'appended': {
      const { as, offset, epoch, isr, batch } = step
      const range = batch.firstOffset === batch.lastOffset ? '' : ` (batch ${batch.firstOffset} – ${batch.lastOffset})`
      return as === 'leader'
        ? `leads in epoch ${epoch}, appends it at ${offset}${range}; ISR [${isr.join(',')}]`
        : `follows, and has it too, of epoch ${epoch}`
    }
    case 'high-watermark':
      return step.as === 'leader'
        ? `raises the high watermark from ${step.from} to ${step.to}: it is committed`
        : `knows that it is committed (high watermark ${step.to})`
    case 'answered': {
      if (step.error !== null) return `answers ${step.error}; it is in the log, and stays there`
      const again = step.duplicate ? 'has it already, at the same place, and ' : ''
      const { acks, isr, holders } = step
      const held = holders.length === 1 ? `nobody else has it` : `brokers ${holders.join(', ')} have it`
      return `${again}acknowledges it: acks=${acks === -1 ? 'all' : acks}, ISR [${isr.join(',')}], ${held}`
    }
    case 'completed':
      return completedText(step)
    case 'delivered':
      return `reads it at ${step.partition}@${step.offset}, of epoch ${step.epoch}`
    case 'gone':
      return goneText(step)
    case 'recovered':
      return `finds it in its log after the stop (log end ${step.logEndOffset})`
    case 'election': {
      const { from, to, leaderEpoch, isr, unclean, leaderHasIt, reason } = step
      const change = `leader ${from < 0 ? 'none' : from} → ${to < 0 ? 'none' : to}, epoch ${leaderEpoch}, ISR [${isr.join(',')}]`
      const holds = leaderHasIt === true ? 'it has the record' : 'it does not have the record'
      const remarks = [unclean ? 'unclean' : '', to < 0 || leaderHasIt === null ? '' : holds]
      return `${[change, ...remarks.filter((remark) => remark !== '')].join(', ')} (${printable(reason)})`
    }
    case 'isr':
      return `ISR [${step.from.join(',')}] → [${step.to.join(',')}] (${printable(step.reason)})`
    case 'fault':
      return printable(step.detail)
    case 'heal':
      return `${step.verb} healed`
  }
}

function completedText(step: StoryStep & { readonly kind: 'completed' }): string {
  if (step.acks === 0) return 'does not wait for an answer (acks=0)'
  switch (step.outcome) {
    case 'ok':
      return step.offset < 0 ? 'is told that it is written' : `is told that it is written, at ${step.offset}`
    case 'unknown':
      return `gives up (${step.error}): it may be in the log or not`
    case 'fail':
      return `gives up (${step.error}): it is not in the log`
  }
}

function goneText({ how, from, to, leader, leaderEpoch }: GoneStep): string {
  switch (how) {
    case 'cut': {
      const why = leader < 0 ? '' : `; it follows broker ${leader}, leader in epoch ${leaderEpoch}`
      return `cuts its log from ${from} to ${to}, and the record with it${why}`
    }
    case 'crash':
      return `comes back, and its log ends at ${to}: the record was not on its disk`
    case 'deleted':
      return 'what lies below is deleted on request, and the record with it'
    case 'topic':
      return 'the topic is deleted, and the record with it'
  }
}
