// The reference cluster: how much faster than life, how many events and nanoseconds a record, how much memory, and what
// the invariants cost.

import { readFileSync } from 'node:fs'
import { Streams } from '../sim/random/streams.ts'
import { resolveDraws } from '../src/scenario/build.ts'
import { loadScenario } from '../src/scenario/loader.ts'
import { runScenario } from '../src/scenario/runner.ts'
import type { RunResult } from '../src/scenario/run-result.ts'
import { row } from './measure.ts'

const SEED = 1
/** Rounds are long; the warm-up run is a short one. */
const ROUNDS = 3

export interface ClusterFigures {
  readonly eventsPerSecond: number
  readonly virtualOverWall: number
}

export function benchCluster(durations: readonly string[] = []): ClusterFigures {
  reference(['duration=20s', ...durations], true)
  const without = median(durations, false)
  const figures = median(durations, true)
  const { result, seconds } = figures
  const { events, simulatedMs, history } = result.verdict
  const eventsPerSecond = events / seconds
  const virtualOverWall = simulatedMs / 1000 / seconds
  row(
    'cluster: virtual / wall time',
    `${virtualOverWall.toFixed(0)} x`,
    `${(simulatedMs / 1000).toFixed(0)} s in ${seconds.toFixed(2)} s`,
  )
  row('cluster: records, events per record', `${history.acked}`, `${(events / history.acked).toFixed(2)} events each`)
  row('cluster: time per record', `${((seconds * 1e9) / history.acked).toFixed(0)} ns`)
  row('cluster: events per second', `${(eventsPerSecond / 1e6).toFixed(3)} M/s`)
  row(
    'cluster: the same without invariants',
    `${(without.result.verdict.events / without.seconds / 1e6).toFixed(3)} M/s`,
    `invariants take ${((1 - without.seconds / seconds) * 100).toFixed(0)} %`,
  )
  row('cluster: peak memory', `${(process.resourceUsage().maxRSS / 1024).toFixed(0)} MiB`)
  return { eventsPerSecond, virtualOverWall }
}

function median(settings: readonly string[], invariants: boolean): { result: RunResult; seconds: number } {
  const runs = Array.from({ length: ROUNDS }, () => reference(settings, invariants))
  const sorted = runs.toSorted((a, b) => a.seconds - b.seconds)
  return sorted[sorted.length >> 1] as { result: RunResult; seconds: number }
}

function reference(settings: readonly string[], invariants: boolean): { result: RunResult; seconds: number } {
  const file = new URL('reference.yaml', import.meta.url)
  const loaded = loadScenario(readFileSync(file, 'utf8'), { file: 'bench/reference.yaml', set: settings })
  if (!loaded.ok) throw new Error(JSON.stringify(loaded.findings))
  const streams = new Streams(SEED)
  const scenario = resolveDraws(loaded.scenario, (name) => streams.stream(name))
  globalThis.gc?.()
  const before = process.hrtime.bigint()
  const result = runScenario(scenario, { seed: SEED, invariants })
  const seconds = Number(process.hrtime.bigint() - before) / 1e9
  if (result.verdict.outcome !== 'pass') throw new Error(`the reference run came out ${result.verdict.outcome}`)
  return { result, seconds }
}
