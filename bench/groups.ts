// Consumer groups: what a record costs that a group reads, and what of it the checkers take; how long a large group takes to
// rebalance, in its own time and in ours; how long its leader takes to assign.

import { readFileSync } from 'node:fs'
import { Streams } from '../sim/random/streams.ts'
import type { GroupMember } from '../src/client/assignors/assignor.ts'
import { assignorNamed } from '../src/client/assignors/assignors.ts'
import { resolveDraws } from '../src/scenario/build.ts'
import { loadScenario } from '../src/scenario/loader.ts'
import { type RunOptions, runScenario } from '../src/scenario/runner.ts'
import type { SimulatedCluster } from '../src/scenario/cluster/simulated-cluster.ts'
import type { RunResult } from '../src/scenario/run-result.ts'
import { measure, row } from './measure.ts'

const SEED = 1
const ROUNDS = 3
const MEMBERS = 500
const PARTITIONS = 1000
/** By then all have joined. */
const SETTLED_US = 11_000_000

export function benchGroups(): void {
  benchRecords()
  for (const assignor of ['range', 'cooperative-sticky']) benchRebalance(assignor)
  benchAssignors()
}

function benchRecords(): void {
  run('groups.yaml', ['duration=20s'], {})
  const runs = (settings: readonly string[], invariants: boolean) =>
    Array.from({ length: ROUNDS }, () => run('groups.yaml', settings, { invariants })).toSorted(
      (a, b) => a.seconds - b.seconds,
    )[ROUNDS >> 1] as Timed
  const alone = runs(['consumers={}', 'expect=[no-acked-loss]'], true)
  const without = runs([], false)
  const whole = runs([], true)
  const { acked, delivered } = whole.result.verdict.history
  const nsEach = ({ seconds }: Timed) => (seconds * 1e9) / acked
  row(
    'groups: time per record, written and read',
    `${nsEach(whole).toFixed(0)} ns`,
    `${acked} records, ${delivered} read`,
  )
  row(
    'groups: written and read / written',
    (whole.seconds / alone.seconds).toFixed(2),
    `${nsEach(alone).toFixed(0)} ns alone`,
  )
  row('groups: events per record', (whole.result.verdict.events / acked).toFixed(2))
  row('groups: checkers take', `${((1 - without.seconds / whole.seconds) * 100).toFixed(0)} %`)
}

/** All join; then one goes, and all of them must again. */
function benchRebalance(assignor: string): void {
  const name = `groups: ${MEMBERS} members x ${PARTITIONS} partitions, ${assignor}`
  let begun: { atUs: number; wall: bigint } | undefined
  let ended: { atUs: number; wall: bigint } | undefined
  let rounds = 0
  const watch = ({ world }: SimulatedCluster): void => {
    world.trace.subscribe(['group-changed'], (event, { atUs }) => {
      if (event.type !== 'group-changed' || atUs < SETTLED_US) return
      const now = { atUs, wall: process.hrtime.bigint() }
      if (event.from === 'Stable' && event.to === 'PreparingRebalance') begun ??= now
      if (event.to !== 'Stable' || begun === undefined) return
      ended = now
      rounds += 1
    })
  }
  const timed = run('large-group.yaml', [`consumers.g.config.partition.assignment.strategy=${assignor}`], { watch })
  if (begun === undefined || ended === undefined) throw new Error('nobody rebalanced')
  const wallMs = Number(ended.wall - begun.wall) / 1e6
  row(
    name,
    `${((ended.atUs - begun.atUs) / 1000).toFixed(0)} ms virtual`,
    `${wallMs.toFixed(0)} ms wall, ${rounds} join phases`,
  )
  row(`${name}: all of the run`, `${timed.seconds.toFixed(1)} s`, `${timed.result.verdict.events} events`)
}

function benchAssignors(): void {
  const topics = new Map([['t', Array.from({ length: 2000 }, () => new Set<string>())]])
  const two = new Map([...topics, ['u', Array.from({ length: 100 }, () => new Set<string>())] as const])
  const same = members(200, () => ['t'])
  const mixed = members(200, (i) => (i % 10 === 0 ? ['t', 'u'] : ['t']))
  const time = (name: string, fn: () => void) => {
    const { medianNs } = measure(ROUNDS, fn)
    row(`groups: 2000 partitions x 200 members, ${name}`, `${(medianNs / 1e6).toFixed(1)} ms`)
  }
  for (const name of ['range', 'roundrobin', 'cooperative-sticky']) {
    time(name, () => assignorNamed(name)?.assign(topics, same))
  }
  const sticky = assignorNamed('cooperative-sticky')
  const before = sticky?.assign(topics, same) ?? new Map()
  const owning = same.slice(1).map((member) => ({
    ...member,
    subscription: { ...member.subscription, ownedPartitions: before.get(member.memberId) ?? [], generationId: 1 },
  }))
  time('cooperative-sticky, one has gone', () => sticky?.assign(topics, owning))
  const mixedBefore = sticky?.assign(two, mixed) ?? new Map()
  time('cooperative-sticky, unlike subscriptions', () => sticky?.assign(two, mixed))
  const mixedOwning = mixed.slice(1).map((member) => ({
    ...member,
    subscription: { ...member.subscription, ownedPartitions: mixedBefore.get(member.memberId) ?? [], generationId: 1 },
  }))
  time('the same, one has gone', () => sticky?.assign(two, mixedOwning))
}

function members(count: number, topics: (index: number) => readonly string[]): GroupMember[] {
  return Array.from({ length: count }, (_, i) => ({
    memberId: `member-${String(i).padStart(4, '0')}`,
    instanceId: null,
    subscription: { topics: topics(i), userData: null, ownedPartitions: [], generationId: -1, rackId: null },
  }))
}

interface Timed {
  readonly result: RunResult
  readonly seconds: number
}

function run(name: string, set: readonly string[], options: Pick<RunOptions, 'invariants' | 'watch'>): Timed {
  const file = new URL(name, import.meta.url)
  const loaded = loadScenario(readFileSync(file, 'utf8'), { file: name, set })
  if (!loaded.ok) throw new Error(JSON.stringify(loaded.findings))
  const streams = new Streams(SEED)
  const scenario = resolveDraws(loaded.scenario, (stream) => streams.stream(stream))
  globalThis.gc?.()
  const before = process.hrtime.bigint()
  const result = runScenario(scenario, { seed: SEED, ...options })
  const seconds = Number(process.hrtime.bigint() - before) / 1e9
  if (result.verdict.outcome !== 'pass') throw new Error(`${name} came out ${result.verdict.outcome}`)
  return { result, seconds }
}
