// What a process asks at its buggify points. Two draws, as in FoundationDB: a run has each point on or off, and a point
// that is on fires now and then. Each process and point has a stream of its own, so that no draw disturbs another; a run
// without buggify draws nothing at all.

import { assert } from '../../sim/assert.ts'
import type { Rng } from '../../sim/index.ts'
import type { KafkaHost } from '../trace/kafka-event.ts'
import { BUGGIFY_IDS, BUGGIFY_POINTS, type BuggifyId } from './points.ts'

/** What a run has switched on, for every process of it. */
export type BuggifyPlan = readonly BuggifyId[]

export interface BuggifyCount {
  readonly passed: number
  readonly fired: number
}

export type BuggifyCounts = { readonly [Id in BuggifyId]?: BuggifyCount }

/** The first draw: which points a run has on. `streamOf` opens a stream for each point. */
export function drawPlan(asked: boolean | readonly BuggifyId[], streamOf: (name: string) => Rng): BuggifyPlan {
  if (asked === false) return []
  if (asked !== true) return BUGGIFY_IDS.filter((id) => asked.includes(id))
  return BUGGIFY_IDS.filter((id) => streamOf(`buggify/${id}`).chance(BUGGIFY_POINTS[id].enabled))
}

interface OpenPoint {
  rng: Rng | undefined
  passed: number
  fired: number
}

/** The buggify points of one incarnation of one process. */
export class Buggify {
  private readonly host: KafkaHost | undefined
  private readonly points = new Map<BuggifyId, OpenPoint>()
  private isOn: boolean

  constructor(host: KafkaHost | undefined, plan: BuggifyPlan) {
    assert(host !== undefined || plan.length === 0, 'buggify draws from its process')
    this.host = host
    this.isOn = plan.length > 0
    for (const id of plan) this.points.set(id, { rng: undefined, passed: 0, fired: 0 })
  }

  /** From now on nothing rare happens: whoever watches whether all comes to rest must give it the chance. */
  calm(): void {
    this.isOn = false
  }

  /** The second draw: does the rare thing happen now? */
  now(id: BuggifyId): boolean {
    return this.isOn && this.passes(id) !== undefined
  }

  /** How long to wait here; 0, as a rule, for not at all. */
  delayMs(id: BuggifyId): number {
    if (!this.isOn) return 0
    const { maxDelayMs } = BUGGIFY_POINTS[id]
    assert(maxDelayMs > 0, `${id} delays nothing`)
    return this.passes(id)?.between(1, maxDelayMs) ?? 0
  }

  /** Of the points that are on. */
  *counts(): IterableIterator<readonly [BuggifyId, BuggifyCount]> {
    for (const [id, { passed, fired }] of this.points) yield [id, { passed, fired }]
  }

  /** The point's stream if it fires. */
  private passes(id: BuggifyId): Rng | undefined {
    const point = this.points.get(id)
    const { host } = this
    if (point === undefined || host === undefined) return undefined
    const rng = (point.rng ??= host.random.stream(`buggify/${id}`))
    point.passed += 1
    if (!rng.chance(BUGGIFY_POINTS[id].fires)) return undefined
    point.fired += 1
    host.trace.emit({ type: 'buggified', process: host.name, point: id })
    return rng
  }
}

/** Nothing rare ever happens. */
export const NO_BUGGIFY = new Buggify(undefined, [])

/** Sums up what the processes of a run passed and what fired. */
export function sumCounts(plan: BuggifyPlan, processes: Iterable<Buggify>): BuggifyCounts {
  const sums = new Map(plan.map((id) => [id, { passed: 0, fired: 0 }]))
  for (const process of processes) {
    for (const [id, { passed, fired }] of process.counts()) {
      const sum = sums.get(id)
      if (sum === undefined) continue
      sum.passed += passed
      sum.fired += fired
    }
  }
  return Object.fromEntries(sums)
}
