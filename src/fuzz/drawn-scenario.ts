// The scenario of one case, drawn whole or around a file: what a file fixes stays, and what it leaves open is drawn. The
// value is the plain object that is written as YAML; it shrinks by losing parts, its times staying as they are.

import fc, { type Random } from 'fast-check'
import type { Rng } from '../../sim/index.ts'
import type { LoadedScenario } from '../scenario/build.ts'
import { drawCalmPlan, drawLastingPlan } from './calm-plan.ts'
import { chanceOf, Dice, type Weighted } from './dice.ts'
import type { DrawnCase } from './drawn-case.ts'
import { type Character, drawCluster } from './drawn-cluster.ts'
import type { DrawnFault } from './faults.ts'
import { drawMemberCase } from './member-case.ts'
import { drawPlan } from './plans.ts'
import { expectations } from './promises.ts'
import { reductions } from './reductions.ts'
import type { Stage } from './stage.ts'
import { withPoison } from './drawn-poison.ts'
import { withRelease } from './drawn-release.ts'
import { withStorage } from './storage-case.ts'

export type PlainScenario = { readonly [key: string]: unknown }

/** A file to draw around. */
export interface Base {
  readonly loaded: LoadedScenario
  /** The file's content, `--set` applied. */
  readonly plain: PlainScenario
  readonly stage: Stage
  /** Top-level keys that shrinking leaves as they are. */
  readonly fixed: ReadonlySet<string>
}

/** A stream of the case, begun anew each time it is asked for. */
export type CaseStream = (name: string) => Rng

export class ScenarioArbitrary extends fc.Arbitrary<PlainScenario> {
  private readonly stream: CaseStream
  private readonly base: Base | undefined

  /** What a stream of its own decides leaves all else of a case, and all other cases, as they were. */
  constructor(stream: CaseStream, base?: Base) {
    super()
    this.stream = stream
    this.base = base
  }

  override generate(random: Random): fc.Value<PlainScenario> {
    const dice = new Dice(random)
    const plain = this.base === undefined ? writtenCase(this.changed(drawWhole(dice))) : drawAround(dice, this.base)
    return new fc.Value(plain, undefined)
  }

  private changed(drawn: DrawnCase): DrawnCase {
    const dice = (name: string) => new Dice(chanceOf(this.stream(name)))
    return withRelease(dice('release'), withStorage(dice('storage'), withPoison(dice('poison'), drawn)))
  }

  override canShrinkWithoutContext(value: unknown): value is PlainScenario {
    return typeof value === 'object' && value !== null
  }

  override shrink(value: PlainScenario): fc.Stream<fc.Value<PlainScenario>> {
    return fc
      .stream(reductions(value, this.base?.fixed ?? new Set()))
      .map((smaller) => new fc.Value(smaller, undefined))
  }
}

const CHARACTERS: Weighted<Character> = [
  [78, 'rough'],
  [14, 'calm'],
  [8, 'lasting'],
]

/** A share of the cases is about groups. It is decided last, so that those which are not stay what they were. */
function drawWhole(dice: Dice): DrawnCase {
  const drawn = drawCase(dice)
  if (!dice.chance(35)) return drawn
  return { ...drawMemberCase(dice), character: 'rough', calm: undefined, more: {} }
}

function drawCase(dice: Dice): DrawnCase {
  const character = dice.weighted(CHARACTERS)
  const cluster = drawCluster(dice, character)
  const { stage, clients } = cluster
  const requestMs = Math.max(...Object.values(clients.producers).map(({ config }) => config['request.timeout.ms']))
  const calm = character === 'calm' ? drawCalmPlan(dice, stage, requestMs) : undefined
  const faults = calm?.faults ?? (character === 'lasting' ? drawLastingPlan(dice, stage) : drawPlan(dice, stage))
  const allows = character === 'lasting' ? { allows: 'a link never comes back' } : {}
  return { character, cluster, faults, calm, more: {}, ...allows }
}

function writtenCase({ character, cluster, faults, calm, more, allows }: DrawnCase): PlainScenario {
  return {
    name: 'fuzz',
    ...more,
    ...cluster.parts,
    faults: faults.map((fault) => written(fault)),
    expect: expectations(cluster, character, calm),
    ...(allows === undefined ? {} : { allow: [{ stuck: allows }] }),
  }
}

function drawAround(dice: Dice, { plain, stage }: Base): PlainScenario {
  if (plain['faults'] !== undefined) return plain
  return { ...plain, faults: drawPlan(dice, stage).map((fault) => written(fault)) }
}

/** Whatever is drawn may miss: a leader that is not there cannot be killed. */
function written({ atMs, forMs, fault, when, forever }: DrawnFault): { readonly [key: string]: unknown } {
  return {
    at: `${atMs}ms`,
    ...(when === undefined ? {} : { when: when.trigger, after: `${when.afterMs}ms` }),
    ...fault,
    ...(forever === true ? { forever } : {}),
    ...(forMs === undefined ? {} : { for: `${Math.round(forMs)}ms` }),
    optional: true,
  }
}
