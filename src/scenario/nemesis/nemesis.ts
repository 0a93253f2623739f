// Draws what a nemesis does, before the run: literal faults with ids, times, targets and durations, as a file would have
// them. A file that has them instead of the nemesis runs the same (`literalScenario`).

import type { Rng } from '../../../sim/index.ts'
import { type Draw, drawWith, type StreamOf } from '../text/draw.ts'
import { INSTANT_VERBS } from '../faults/fault-schema.ts'
import { brokersIn, type Hits, NO_HITS } from './nemesis-hits.ts'
import type { NemesisShape, NemesisVerb, Never } from './nemesis-schema.ts'
import { drawVerb } from './nemesis-verbs.ts'
import type { PlainMapping } from '../text/to-yaml.ts'
import { formatDuration } from '../text/units.ts'

/** As much of a run as a nemesis knows. */
export interface Surroundings {
  readonly brokers: readonly { readonly id: number; readonly rack: string | null }[]
  readonly topics: readonly { readonly name: string; readonly partitions: number }[]
  readonly producers: readonly string[]
  readonly groups: readonly { readonly name: string; readonly members: number }[]
  readonly durationUs: number
  /** Ids of faults that are not its own. */
  readonly takenIds: readonly string[]
}

const DEFAULT_INTERVAL: Draw<number> = { kind: 'between', low: 5_000_000, high: 20_000_000 }
const DEFAULT_FROM_US = 5_000_000
const DEFAULT_HEAL_BEFORE_END_US = 10_000_000
/** Of a fault; what would be shorter is left out. */
const SHORTEST_US = 100_000
/** How often something else is drawn when what was drawn must not be. */
const ATTEMPTS = 5

interface Planned {
  readonly endUs: number
  readonly verb: NemesisVerb
  readonly hits: Hits
}

export function chooseFaults(nemesis: NemesisShape, around: Surroundings, streamOf: StreamOf): PlainMapping[] {
  const times = streamOf('nemesis/times')
  const setting = (draw: Draw<number> | undefined, byDefault: number) =>
    draw === undefined ? byDefault : drawWith(draw, times)
  const endUs = around.durationUs - setting(nemesis['heal-before-end'], DEFAULT_HEAL_BEFORE_END_US)
  const most = setting(nemesis['max-concurrent'], 1)
  const fromUs = setting(nemesis.from, DEFAULT_FROM_US)
  const planned: Planned[] = []
  const faults: PlainMapping[] = []
  const ids = idsFree(around.takenIds)
  // Partitions are only ever added.
  const partitions = new Map(around.topics.map((topic) => [topic.name, topic.partitions]))
  for (let atUs = fromUs; ;) {
    atUs = wholeMs(atUs + Math.max(1000, drawWith(nemesis.interval ?? DEFAULT_INTERVAL, times)))
    if (atUs + SHORTEST_US > endUs) return faults
    const inForce = planned.filter((other) => other.endUs > atUs)
    const chance = streamOf(`nemesis/${faults.length + 1}@${atUs}`)
    if (inForce.length >= most) continue
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      const verb = pickVerb(nemesis.faults, chance)
      const drawn = drawVerb(verb, choiceOf(nemesis, verb), { ...around, partitions }, chance)
      if (drawn === undefined) continue
      const { keys, hits, forUs } = drawn
      const instant = INSTANT_VERBS.some((each) => each === verb) || forUs === 0
      const healUs = instant ? atUs : Math.min(endUs, atUs + Math.max(SHORTEST_US, wholeMs(forUs)))
      const lasting = drawn.lastsUs === undefined ? healUs : atUs + drawn.lastsUs
      if (lasting > endUs || isForbidden(nemesis.never ?? [], { verb, hits }, inForce, around)) continue
      planned.push({ endUs: lasting, verb, hits })
      if (drawn.partitions !== undefined) partitions.set(drawn.partitions.topic, drawn.partitions.to)
      const length = instant || drawn.lastsUs !== undefined ? {} : { for: formatDuration(healUs - atUs) }
      faults.push({ id: ids(), at: formatDuration(atUs), ...keys, ...length, optional: true })
      break
    }
  }
}

function choiceOf({ faults }: NemesisShape, verb: NemesisVerb) {
  const choice = faults[verb]
  return typeof choice === 'object' ? choice : {}
}

function pickVerb(faults: NemesisShape['faults'], rng: Rng): NemesisVerb {
  const weighted = Object.entries(faults).map(([verb, choice]) => {
    const weight = typeof choice === 'number' ? choice : (choice?.weight ?? 1)
    // Keys of the record are verbs.
    return { verb: verb as NemesisVerb, weight }
  })
  const total = weighted.reduce((sum, { weight }) => sum + weight, 0)
  let at = rng.between(0, total - 1)
  for (const { verb, weight } of weighted) {
    if (at < weight) return verb
    at -= weight
  }
  return weighted[0]?.verb ?? 'kill'
}

/** Would this, with what is in force, be what must never be? Whom a leader or follower is, is not known: anybody. */
function isForbidden(
  rules: readonly Never[],
  candidate: { readonly verb: NemesisVerb; readonly hits: Hits },
  inForce: readonly Planned[],
  around: Surroundings,
): boolean {
  return rules.some(({ verbs, whom }) => {
    if (!verbs.includes(candidate.verb)) return false
    const concerned = [candidate, ...inForce.filter(({ verb }) => verbs.includes(verb))]
    const ids = new Set(concerned.flatMap(({ hits }) => hits.brokers))
    const unknown = concerned.reduce((sum, { hits }) => sum + hits.unknown, 0)
    switch (whom.kind) {
      case 'controller':
        return candidate.hits.controller
      case 'brokers':
        return ids.size + unknown >= brokersIn(whom.which, around.brokers.length)
      case 'broker':
        return unknown > 0 || ids.has(whom.id)
      case 'rack': {
        const inRack = around.brokers.filter(({ rack }) => rack === whom.rack)
        return inRack.length > 0 && inRack.filter(({ id }) => ids.has(id)).length + unknown >= inRack.length
      }
      default:
        return candidate.hits === NO_HITS
    }
  })
}

function idsFree(taken: readonly string[]): () => string {
  let number = 0
  return () => {
    do number += 1
    while (taken.includes(`nemesis-${number}`))
    return `nemesis-${number}`
  }
}

function wholeMs(us: number): number {
  return Math.round(us / 1000) * 1000
}
