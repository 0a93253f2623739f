// Our answers beside the recorded ones: what differs, and whether that is known.

import type { Plain } from './transcript.ts'
import { type Difference, differences } from './compare.ts'
import type { Judge } from './judges.ts'
import { KNOWN_DIFFERENCES, type KnownDifference, NOT_BUILT } from './known-differences.ts'
import { PLAYS } from './plays.ts'
import { readRecording } from './recordings.ts'
import { SimulatedPlayer } from './simulated-player.ts'
import type { Exchange } from './transcript.ts'

export interface Finding {
  readonly play: string
  readonly chapter: string
  readonly title: string
  readonly difference: Difference
  readonly known: KnownDifference | undefined
}

export interface Judgement {
  readonly findings: readonly Finding[]
  /** Exchanges of each chapter, by `<play>: <chapter>`. */
  readonly compared: ReadonlyMap<string, number>
  /** What is asked now and was not asked when the answers were recorded, or the other way round. */
  readonly unrecorded: readonly string[]
}

export function judge({ kafka, ours }: Judge): Judgement {
  const recording = readRecording(kafka)
  if (recording === undefined) throw new Error(`nothing is recorded of Kafka ${kafka}: npm run conformance`)
  const findings: Finding[] = []
  const compared = new Map<string, number>()
  const unrecorded: string[] = []
  for (const play of PLAYS) {
    const player = new SimulatedPlayer(ours, play.brokers)
    const chapters = play.chapters.filter(({ name }) => !NOT_BUILT.includes(name))
    const { exchanges } = player.play({ ...play, chapters })
    const asked = (recording.plays[play.name] ?? []).filter(({ chapter }) => !NOT_BUILT.includes(chapter))
    const recorded = new Map(asked.map((exchange) => [keyOf(exchange), exchange]))
    for (const exchange of exchanges) {
      const key = `${play.name}: ${keyOf(exchange)}`
      const theirs = recorded.get(keyOf(exchange))
      if (theirs === undefined || !isSameQuestion(theirs, exchange)) unrecorded.push(key)
      else {
        const { chapter, title } = exchange
        compared.set(`${play.name}: ${chapter}`, (compared.get(`${play.name}: ${chapter}`) ?? 0) + 1)
        for (const difference of differences(theirs.answer, exchange.answer)) {
          findings.push({ play: play.name, chapter, title, difference, known: knownAs(kafka, exchange, difference) })
        }
      }
      recorded.delete(keyOf(exchange))
    }
    for (const key of recorded.keys()) unrecorded.push(`${play.name}: ${key}`)
  }
  return { findings, compared, unrecorded }
}

/** Chapters of the list of what is not built that ours can answer as Kafka does by now. */
export function builtAfterAll({ kafka, ours }: Judge): string[] {
  const built: string[] = []
  for (const play of PLAYS) {
    const recorded = readRecording(kafka)?.plays[play.name] ?? []
    const [start, ...others] = play.chapters
    for (const chapter of others.filter(({ name }) => NOT_BUILT.includes(name))) {
      const chapters = start === undefined ? [chapter] : [start, chapter]
      const answers = playOrGiveUp(() => new SimulatedPlayer(ours, play.brokers).play({ ...play, chapters }).exchanges)
      const theirs = recorded.filter((exchange) => exchange.chapter === chapter.name)
      const same = theirs.filter((exchange) => {
        const mine = answers.find(({ title }) => title === exchange.title)
        return mine !== undefined && differences(exchange.answer, mine.answer).length === 0
      })
      if (same.length === theirs.length) built.push(`${play.name}: ${chapter.name}`)
    }
  }
  return built
}

function playOrGiveUp(play: () => readonly Exchange[]): readonly Exchange[] {
  try {
    return play()
  } catch {
    // It waits in vain for what is not built.
    return []
  }
}

/** For people. */
export function describeFinding({ play, chapter, title, difference: { path, kafka, ours } }: Finding): string {
  const where = path === '' ? 'the answer' : path
  return `${play}: ${chapter}: ${title}: ${where} is ${shown(kafka)} of Kafka, ${shown(ours)} of ours`
}

function shown(value: Plain | undefined): string {
  const text = JSON.stringify(value) ?? 'absent'
  return text.length <= 200 ? text : `${text.slice(0, 200)}…`
}

function keyOf({ chapter, title }: Exchange): string {
  return `${chapter}: ${title}`
}

function isSameQuestion(a: Exchange, b: Exchange): boolean {
  return a.to === b.to && a.version === b.version && JSON.stringify(a.request) === JSON.stringify(b.request)
}

function knownAs(kafka: string, { chapter, title }: Exchange, { path }: Difference): KnownDifference | undefined {
  return KNOWN_DIFFERENCES.find(
    (known) =>
      known.chapter === chapter &&
      known.titles.includes(title) &&
      known.fields.includes(withoutIndexes(path)) &&
      (known.kafka === undefined || known.kafka.includes(kafka)),
  )
}

/** `topics[2].partitions[0].offset` is the field `topics.partitions.offset`. */
export function withoutIndexes(path: string): string {
  return path.replaceAll(/\[\d+\]/g, '')
}
