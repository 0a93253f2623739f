// A campaign: how many cases a second, with one worker thread and with two, and how much of the time goes to what only
// looks (invariants, their second implementation, marks). The same cases each time, in turn, so that ratios count.

import { stringify } from 'yaml'
import { Lane } from '../src/cli/lane.ts'
import type { FuzzAnswer, FuzzTask } from '../src/cli/fuzz-tasks.ts'
import { Cases, type CampaignSetup } from '../src/fuzz/case.ts'
import { RECHECK_EVENTS } from '../src/scenario/usual-recheck.ts'
import { loadScenario, runScenario } from '../src/simulate.ts'
import { row } from './measure.ts'

const CASES = 60
/** Cases before these warm up. */
const WARM_UP = 10
/**
 * Of each thread of a campaign. V8 compiles on threads of its own, for some hundred cases: a lone cold worker keeps two cores
 * busy, and two of them compile everything twice, so that they seem no faster than one.
 */
const CAMPAIGN_WARM_UP = 100
const CASE_LIMIT_MS = 60_000
const SETUP: CampaignSetup = { seed: 1, file: undefined, settings: [], verify: false }

export async function benchFuzz(workerScript: URL | undefined): Promise<void> {
  benchWatching()
  if (workerScript === undefined) return
  const one = await campaign(workerScript, 1)
  const two = await campaign(workerScript, 2)
  const each = ({ processorMs }: Campaign): string => `${processorMs.toFixed(0)} ms of processor time a case`
  const times = (two.perSecond / one.perSecond).toFixed(2)
  row('fuzz: runs per second, one worker', `${one.perSecond.toFixed(1)} /s`, `${CASES} cases, ${each(one)}`)
  row('fuzz: runs per second, two workers', `${two.perSecond.toFixed(1)} /s`, `${times} times one worker, ${each(two)}`)
}

/** Processor time of the cases, run with and without those who watch. */
function benchWatching(): void {
  const cases = new Cases(SETUP)
  let bareUs = 0
  let watchedUs = 0
  let recheckedUs = 0
  let events = 0
  for (let index = 0; index < WARM_UP + CASES; index++) {
    const { plain, runSeed } = cases.draw(index)
    const text = stringify(plain)
    const counts = index >= WARM_UP
    const timed = (options: object): number => {
      const before = process.cpuUsage()
      const loaded = loadScenario(text)
      if (!loaded.ok) throw new Error(JSON.stringify(loaded.findings))
      const { verdict } = runScenario(loaded.scenario, { seed: runSeed, underTest: true, ...options })
      const { user, system } = process.cpuUsage(before)
      if (counts) events += verdict.events
      return counts ? user + system : 0
    }
    // In turn, so that none is always the first to meet a scenario.
    const ways = [
      () => (bareUs += timed({ invariants: false })),
      () => (watchedUs += timed({ recheck: 'off' })),
      // As in a campaign: by itself a small scenario would be looked at again after every event.
      () => (recheckedUs += timed({ recheck: RECHECK_EVENTS })),
    ]
    for (let i = 0; i < ways.length; i++) ways[(index + i) % ways.length]?.()
  }
  const share = (part: number): string => `${((part / recheckedUs) * 100).toFixed(0)} %`
  row('fuzz: runs per second of one core', `${((CASES / recheckedUs) * 1e6).toFixed(1)} /s`, `${events / 3} events`)
  row('fuzz: what watching takes of it', share(recheckedUs - bareUs), 'aim: under 25 %')
  row('fuzz: of that, the second look', share(recheckedUs - watchedUs))
}

interface Campaign {
  readonly perSecond: number
  /** Of all threads, for one case. */
  readonly processorMs: number
}

async function campaign(workerScript: URL, jobs: number): Promise<Campaign> {
  const lanes = Array.from({ length: jobs }, () => new Lane<FuzzTask, FuzzAnswer>(workerScript, { setup: SETUP }))
  const run = async (from: number, to: number): Promise<void> => {
    let next = from
    const work = async (lane: Lane<FuzzTask, FuzzAnswer>): Promise<void> => {
      for (let index = next++; index < to; index = next++) {
        const { kind } = await lane.run({ kind: 'case', index }, CASE_LIMIT_MS)
        if (kind !== 'answer') throw new Error(`case ${index}: ${kind}`)
      }
    }
    await Promise.all(lanes.map(work))
  }
  await run(WARM_UP, WARM_UP + CAMPAIGN_WARM_UP * jobs)
  const before = process.hrtime.bigint()
  const usedBefore = process.cpuUsage()
  await run(WARM_UP, WARM_UP + CASES)
  const seconds = Number(process.hrtime.bigint() - before) / 1e9
  const { user, system } = process.cpuUsage(usedBefore)
  await Promise.all(lanes.map((lane) => lane.close()))
  return { perSecond: CASES / seconds, processorMs: (user + system) / 1000 / CASES }
}
