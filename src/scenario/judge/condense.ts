// A story that can be read, whatever the number of its lines: what happened to several partitions (or brokers) for one cause is one
// line, what repeats itself is told a few times and then counted, and only of what is still too long the middle is left
// out. What is grave, and the first of its kind, always stays.

import type { TimelineEntry } from '../run-result.ts'

export type StoryLine =
  | ToldLine
  /** A stretch left out, of all sorts: how many entries of which kind. */
  | { readonly kind: 'gap'; readonly omitted: ReadonlyMap<TimelineEntry['kind'], number> }

export type ToldLine =
  | { readonly kind: 'entry'; readonly entry: TimelineEntry }
  /** One happening that several partitions shared. */
  | {
      readonly kind: 'shared'
      readonly first: TimelineEntry
      readonly untilUs: number
      /** `orders-0..11, ledger-0`. */
      readonly subject: string
      /** How many partitions, or brokers. */
      readonly sharers: number
      readonly text: string
    }
  /** More of what was told before, left out. */
  | {
      readonly kind: 'more'
      readonly count: number
      readonly untilUs: number
      /** The first of them, and what it says. */
      readonly like: TimelineEntry
      readonly text: string
    }

/** Fewer partitions than this have a line each: then it says more. */
const SHARED_BY = 3
/** What follows the one before later than this is another happening. */
const TOGETHER_US = 500_000
/** Told this often before it is counted, unless only one or two more would be. */
const TOLD = 3
const SPARED = 2

/** All of it, in order of time, one line an entry. */
export function wholeStory(entries: readonly TimelineEntry[]): StoryLine[] {
  return inOrder(entries).map((entry) => ({ kind: 'entry', entry }))
}

/** In order of time. As many lines as `maxLines`, if what must stay allows it. */
export function condense(entries: readonly TimelineEntry[], maxLines: number): StoryLine[] {
  const merged = mergeShared(inOrder(entries))
  if (merged.length <= maxLines && merged.length === entries.length && !repeatsMuch(merged)) return merged
  let lines = merged
  for (const { told, alike } of [
    { told: TOLD, alike: exactly },
    { told: 2, alike: whoever },
    { told: 1, alike: whoever },
  ]) {
    lines = collapse(merged, told, alike)
    if (lines.length <= maxLines) return lines
  }
  return cutMiddle(lines, maxLines)
}

function inOrder(entries: readonly TimelineEntry[]): TimelineEntry[] {
  return entries.toSorted((a, b) => a.atUs - b.atUs)
}

/** Whoever did something, or broke: nothing is moved across it. */
function divides({ kind, grave }: TimelineEntry): boolean {
  return kind === 'fault' || kind === 'heal' || kind === 'process' || (kind === 'violation' && grave === true)
}

function mergeShared(entries: readonly TimelineEntry[]): ToldLine[] {
  const groups = new Map<string, TimelineEntry[]>()
  const placed: TimelineEntry[][] = []
  for (const entry of entries) {
    if (divides(entry)) groups.clear()
    const key = entry.shared === undefined || entry.grave === true ? undefined : `${entry.kind} ${entry.shared.cause}`
    const group = key === undefined ? undefined : groups.get(key)
    const last = group?.at(-1)
    const isNew = last === undefined || entry.atUs - last.atUs > TOGETHER_US
    if (group !== undefined && !isNew && group.every(({ subject }) => subject !== entry.subject)) {
      group.push(entry)
      continue
    }
    const begun = [entry]
    placed.push(begun)
    if (key !== undefined) groups.set(key, begun)
  }
  const lines = placed.flatMap((group): ToldLine[] =>
    group.length < SHARED_BY ? group.map((entry) => ({ kind: 'entry', entry })) : [sharedLine(group)],
  )
  return lines.toSorted((a, b) => timeOf(a) - timeOf(b))
}

function sharedLine(group: readonly TimelineEntry[]): ToldLine {
  const [first, ...rest] = group
  const differs = [...new Set(group.map(({ shared }) => shared?.differs ?? ''))]
  return {
    kind: 'shared',
    // A group has members.
    first: first as TimelineEntry,
    untilUs: rest.at(-1)?.atUs ?? 0,
    subject: partitionsText(group.map(({ subject }) => subject)),
    sharers: group.length,
    text: (first?.shared?.text ?? '').replace('…', differs.toSorted().join(',')),
  }
}

/** `orders-0`, `orders-1`, `orders-2`, `ledger-7` → `orders-0..2, ledger-7`. */
export function partitionsText(names: readonly string[]): string {
  const byTopic = new Map<string, number[]>()
  for (const name of names) {
    const at = name.lastIndexOf('-')
    const topic = name.slice(0, at)
    byTopic.set(topic, [...(byTopic.get(topic) ?? []), Number(name.slice(at + 1))])
  }
  return [...byTopic].map(([topic, numbers]) => `${topic}-${runsOf(numbers)}`).join(', ')
}

function runsOf(numbers: readonly number[]): string {
  const sorted = numbers.toSorted((a, b) => a - b)
  const runs: [number, number][] = []
  for (const number of sorted) {
    const last = runs.at(-1)
    if (last !== undefined && number === last[1] + 1) last[1] = number
    else runs.push([number, number])
  }
  return runs.map(([a, b]) => (a === b ? String(a) : b === a + 1 ? `${a},${b}` : `${a}..${b}`)).join(',')
}

type Alike = (entry: TimelineEntry) => string

/** The same of the same, but for numbers. */
const exactly: Alike = ({ kind, subject, text }) => `${kind} ${subject} ${text.replaceAll(/\d+/g, '#')}`
/** The same of anybody. */
const whoever: Alike = ({ kind, text }) => `${kind} ${text.replaceAll(/\[[\d, ]*\]/g, '[]').replaceAll(/\d+/g, '#')}`

function collapse(lines: readonly ToldLine[], told: number, alike: Alike): ToldLine[] {
  const counts = new Map<string, number>()
  const keyOf = (line: ToldLine): string | undefined => {
    if (line.kind === 'entry') return line.entry.grave === true ? undefined : alike(line.entry)
    return line.kind === 'shared' ? `shared ${line.text.replaceAll(/\d+/g, '#')}` : undefined
  }
  for (const line of lines) {
    const key = keyOf(line)
    if (key !== undefined) counts.set(key, (counts.get(key) ?? 0) + 1)
  }
  const seen = new Map<string, number>()
  const more = new Map<string, { count: number; untilUs: number; like: TimelineEntry; text: string }>()
  const kept: (ToldLine | string)[] = []
  for (const line of lines) {
    const key = keyOf(line)
    const total = key === undefined ? 0 : (counts.get(key) ?? 0)
    if (key === undefined || total <= told + SPARED) {
      kept.push(line)
      continue
    }
    const nth = (seen.get(key) ?? 0) + 1
    seen.set(key, nth)
    if (nth <= told) {
      kept.push(line)
      continue
    }
    const entry = firstOf(line)
    const rest = more.get(key)
    const text = line.kind === 'shared' ? line.text : entry.text
    const untilUs = line.kind === 'shared' ? line.untilUs : entry.atUs
    if (rest === undefined) {
      kept.push(key)
      more.set(key, { count: 1, untilUs, like: entry, text })
    } else {
      rest.count += 1
      rest.untilUs = untilUs
    }
  }
  return kept.flatMap((line): ToldLine[] => {
    if (typeof line !== 'string') return [line]
    const rest = more.get(line)
    return rest === undefined ? [] : [{ kind: 'more', ...rest }]
  })
}

function repeatsMuch(lines: readonly ToldLine[]): boolean {
  return collapse(lines, TOLD, exactly).length < lines.length
}

function firstOf(line: ToldLine): TimelineEntry {
  switch (line.kind) {
    case 'entry':
      return line.entry
    case 'shared':
      return line.first
    case 'more':
      return line.like
  }
}

function timeOf(line: ToldLine): number {
  return firstOf(line).atUs
}

/**
 * What is grave stays, and the first of its kind; then faults and violations, earliest first; what room is left goes to
 * the beginning and the end.
 */
function cutMiddle(lines: readonly ToldLine[], maxLines: number): StoryLine[] {
  const kinds = new Set<string>()
  const stays = new Set<ToldLine>()
  for (const line of lines) {
    const entry = firstOf(line)
    const kind = `${entry.kind} ${entry.text.replaceAll(/[^a-zA-Z]+/g, ' ')}`
    if (entry.grave === true || !kinds.has(kind)) stays.add(line)
    kinds.add(kind)
  }
  const important = lines.filter((line) => !stays.has(line) && divides(firstOf(line)))
  for (const line of important.slice(0, Math.max(0, Math.floor((maxLines - stays.size) / 2)))) stays.add(line)
  const others = lines.filter((line) => !stays.has(line))
  const room = Math.max(0, maxLines - stays.size)
  for (const line of others.slice(0, Math.ceil(room / 2))) stays.add(line)
  const tail = Math.floor(room / 2)
  if (tail > 0) for (const line of others.slice(-tail)) stays.add(line)
  return withGaps(lines, stays)
}

function withGaps(lines: readonly ToldLine[], stays: ReadonlySet<ToldLine>): StoryLine[] {
  const shown: StoryLine[] = []
  let omitted = new Map<TimelineEntry['kind'], number>()
  const flush = (): void => {
    if (omitted.size > 0) shown.push({ kind: 'gap', omitted })
    omitted = new Map()
  }
  for (const line of lines) {
    if (stays.has(line)) {
      flush()
      shown.push(line)
      continue
    }
    const { kind } = firstOf(line)
    omitted.set(kind, (omitted.get(kind) ?? 0) + entriesOf(line))
  }
  flush()
  return shown
}

function entriesOf(line: ToldLine): number {
  return line.kind === 'entry' ? 1 : line.kind === 'shared' ? line.sharers : line.count
}
