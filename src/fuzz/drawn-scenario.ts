// The scenario of one case, drawn whole or around a file: what a file fixes stays, and what it leaves open is drawn. The
// value is the plain object that is written as YAML; it shrinks by losing parts, its times staying as they are.

import fc, { type Random } from 'fast-check'
import type { LoadedScenario } from '../scenario/build.ts'
import { drawCalmPlan, drawLastingPlan } from './calm-plan.ts'
import { Dice, type Weighted } from './dice.ts'
import { type Character, drawCluster } from './drawn-cluster.ts'
import type { DrawnFault } from './faults.ts'
import { drawMemberCase } from './member-case.ts'
import { drawPlan } from './plans.ts'
import { expectations } from './promises.ts'
import { reductions } from './reductions.ts'
import type { Stage } from './stage.ts'

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

export class ScenarioArbitrary extends fc.Arbitrary<PlainScenario> {
  private readonly base: Base | undefined

  constructor(base?: Base) {
    super()
    this.base = base
  }

  override generate(random: Random): fc.Value<PlainScenario> {
    const dice = new Dice(random)
    return new fc.Value(this.base === undefined ? drawWhole(dice) : drawAround(dice, this.base), undefined)
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
function drawWhole(dice: Dice): PlainScenario {
  const plain = drawCase(dice)
  if (!dice.chance(35)) return plain
  const { cluster, faults } = drawMemberCase(dice)
  return {
    name: 'fuzz',
    ...cluster.parts,
    faults: faults.map((fault) => written(fault)),
    expect: expectations(cluster, 'rough', undefined),
  }
}

function drawCase(dice: Dice): PlainScenario {
  const character = dice.weighted(CHARACTERS)
  const cluster = drawCluster(dice, character)
  const { stage, clients } = cluster
  const requestMs = Math.max(...Object.values(clients.producers).map(({ config }) => config['request.timeout.ms']))
  const calm = character === 'calm' ? drawCalmPlan(dice, stage, requestMs) : undefined
  const faults = calm?.faults ?? (character === 'lasting' ? drawLastingPlan(dice, stage) : drawPlan(dice, stage))
  return {
    name: 'fuzz',
    ...cluster.parts,
    faults: faults.map((fault) => written(fault)),
    expect: expectations(cluster, character, calm),
    ...(character === 'lasting' ? { allow: [{ stuck: 'a link never comes back' }] } : {}),
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
