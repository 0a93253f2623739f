// Runs a scenario: builds its cluster, breaks it as planned, checks it after every event, lets it settle, judges. Pure:
// the result is a function of scenario, seed and the version of this package.

import { EventLog, type LoggedEvent, type PowerLossReport } from '../../sim/index.ts'
import { checkReads } from '../history/check-reads.ts'
import { summariseClients } from '../history/client-summaries.ts'
import { checkHistory } from '../history/checkers.ts'
import { GroupHistory } from '../history/group-history.ts'
import { summariseGroups } from '../history/group-summaries.ts'
import { History } from '../history/history.ts'
import { RaisedEpochs } from '../history/raised-epochs.ts'
import {
  CONTROLLER_FIXES,
  InvariantChecker,
  INVARIANTS,
  Recheck,
  type RecheckEvery,
  type Violation,
} from '../invariants/index.ts'
import { MarkCounter, MARKS } from '../marks/index.ts'
import { type Defects, defectsOf } from '../switches/defects.ts'
import { buildCluster, type BuiltCluster } from './cluster/build-cluster.ts'
import { paragraphsOf } from './judge/causes/paragraphs.ts'
import { PartitionPasts } from './judge/causes/partition-past.ts'
import { Retries } from './judge/causes/retries.ts'
import { explainFindings } from './judge/explain.ts'
import { FaultPlan } from './injection/fault-plan.ts'
import { judge, outcomeOf, type Evidence } from './judge/judge.ts'
import { caughtUpConsumers, missingReplicas, unsettled } from './cluster/liveness.ts'
import { deletedBelow, finalLogs, leaderLogs, missingByPartition, partitionSummaries } from './judge/final-state.ts'
import { findingsOnDemand } from './judge/findings-on-demand.ts'
import { GroupWatch } from './cluster/group-watch.ts'
import { disagreements } from './cluster/logs-agree.ts'
import type { Scenario } from './model.ts'
import { RunRecord } from './judge/run-record.ts'
import type { RunResult, Verdict } from './run-result.ts'
import type { SimulatedCluster } from './cluster/simulated-cluster.ts'
import { setupOf } from './run-setup.ts'
import { Timeline } from './judge/timeline.ts'
import { lostCheckpoints, lostOfLogs, zeroedIndexes } from './power-loss.ts'
import { writeGaps } from './judge/write-gaps.ts'
import { usualRecheck } from './usual-recheck.ts'

export interface RunOptions {
  readonly seed: number
  /** Stops here: what needs the end is not judged. */
  readonly untilUs?: number
  /** The line that repeats this run. */
  readonly reproduce?: string
  /** How often a second implementation looks at the invariants again; default by the size of the scenario. */
  readonly recheck?: RecheckEvery
  /** Checks invariants after every event; only a benchmark switches it off. */
  readonly invariants?: boolean
  /** What switches bring back is under test: it excuses nothing (C4). What a release lacks still does. */
  readonly underTest?: boolean
  /** Freezes what is sent and checks its bytes at delivery: slow, for tests. Changes no trace. */
  readonly strict?: boolean
  /** How many events back causes are remembered. */
  readonly rememberedEvents?: number
  /** Judged beside what the scenario expects, and no part of the verdict. */
  readonly alsoJudge?: readonly Scenario['expectations'][number][]
  /** Called once, before anything happens, with what may be looked at and listened to; it must change nothing. */
  watch?(cluster: SimulatedCluster): void
  onProgress?(nowUs: number, endUs: number, events: number): void
  /** Every trace event, as plain data. */
  onTrace?(line: {
    readonly atUs: number
    readonly node: string
    readonly ordinal: number
    readonly event: object
  }): void
  /** Every executed event, and the trace hash after it: for finding where two runs part. */
  onEvent?(event: LoggedEvent, traceHash: string): void
}

/** Progress is told, and settling looked for, this often. */
const SLICE_US = 100_000

export function runScenario(scenario: Scenario, options: RunOptions): RunResult {
  const slices = runInSlices(scenario, options)
  for (;;) {
    const { done, value } = slices.next()
    if (done === true) return value
  }
}

/** The same, a slice at a time: whoever asks for the next may do something else before, or give it up. */
export function* runInSlices(scenario: Scenario, options: RunOptions): Generator<void, RunResult> {
  const run = new ScenarioRun(scenario, options)
  yield* run.play()
  return run.result()
}

class ScenarioRun {
  private readonly scenario: Scenario
  private readonly options: RunOptions
  private readonly built: BuiltCluster
  private readonly cluster: SimulatedCluster
  private readonly timeline: Timeline
  private readonly history: History
  private readonly groupHistory: GroupHistory
  private readonly groups: GroupWatch
  private readonly raisedEpochs: RaisedEpochs | undefined
  private readonly record: RunRecord
  private readonly pasts: PartitionPasts
  private readonly retries: Retries
  private readonly events: EventLog
  private readonly marks: MarkCounter | undefined
  private readonly recheck: Recheck | undefined
  private readonly checker: InvariantChecker | undefined
  private readonly faults: FaultPlan
  private readonly violations: Violation[] = []
  private readonly caughtUpAtUs = new Map<string, number>()
  private isrFullSinceUs: number | undefined
  /** The heal that progress counts from. */
  private countedFromUs = 0
  private readonly endUs: number
  /** Nothing else is waited for. */
  private settled = false

  constructor(scenario: Scenario, options: RunOptions) {
    this.scenario = scenario
    this.options = options
    this.endUs = Math.min(scenario.durationUs + scenario.settleUs, options.untilUs ?? Number.MAX_SAFE_INTEGER)
    this.built = buildCluster(scenario, options.seed, options.strict)
    this.cluster = this.built.cluster
    const { trace, loop, processes } = this.cluster.world
    this.events = new EventLog(options.rememberedEvents ?? 2 ** 20)
    loop.record(this.events)
    this.timeline = new Timeline(trace)
    this.history = new History(trace)
    this.groupHistory = new GroupHistory(trace)
    this.groups = new GroupWatch(scenario.groups, this.cluster, this.groupHistory)
    const judged = [...scenario.expectations, ...(options.alsoJudge ?? [])]
    if (judged.some(({ claim }) => claim.kind === 'safety' && claim.id === 'no-duplicates-in-log'))
      this.raisedEpochs = new RaisedEpochs(trace)
    this.record = new RunRecord(trace, scenario.faults)
    this.pasts = new PartitionPasts(trace)
    this.retries = new Retries(trace)
    this.marks = options.invariants === false ? undefined : new MarkCounter(MARKS, this.cluster, trace)
    this.checker = options.invariants === false ? undefined : this.watch()
    this.recheck = this.checker === undefined ? undefined : this.watchTheChecker(this.checker)
    this.faults = new FaultPlan(scenario, this.cluster, {
      powerLost: (process, report) => this.powerLost(process, report),
      askAdmin: (fn) => this.built.askAdmin(fn),
    })
    for (const process of processes) {
      process.onHalt((detail) => {
        this.cluster.haltReasons.set(process.name, detail)
        trace.emit({ type: 'process-changed', process: process.name, state: 'halted', detail }, 'world')
      })
      process.onExit(() =>
        trace.emit({ type: 'process-changed', process: process.name, state: 'stopped', detail: '' }, 'world'),
      )
    }
    const { onTrace } = options
    if (onTrace !== undefined) trace.subscribe('all', (event, context) => onTrace({ ...context, event }))
    options.watch?.(this.cluster)
    const { onEvent } = options
    if (onEvent === undefined) return
    loop.observe({
      onEvent: (ordinal) => {
        const event = this.events.event(ordinal)
        if (event !== undefined) onEvent(event, loop.hash.hex())
      },
    })
  }

  *play(): Generator<void> {
    const { scenario, endUs } = this
    yield* this.runTo(Math.min(scenario.durationUs, endUs), () => false)
    if (endUs <= scenario.durationUs) return
    this.built.stopProducers()
    this.faults.healAll()
    this.cluster.calm()
    // A follower that died a moment ago is in every ISR still: rest is not looked for before that could be known.
    const earliestUs = this.faults.lastHealUs + this.scenario.controller.config['broker.session.timeout.ms'] * 1000
    yield* this.runTo(endUs, () => this.cluster.world.loop.nowUs >= earliestUs && this.isSettled())
  }

  result(): RunResult {
    this.recheck?.finish()
    const { scenario, cluster, history, violations, timeline, events, record } = this
    const stuckOn = this.options.untilUs === undefined && !this.settled ? this.unsettled(true) : []
    const findings = checkHistory(history, finalLogs(cluster, record), {
      deletedBelow: deletedBelow(cluster, record),
      isCompactedAway: (partition, offset) => this.checker?.compactionOf(partition)?.forms.isRemoved(offset) === true,
    })
    const reads = checkReads(history, history.counts.delivered === 0 ? new Map() : finalLogs(cluster, record))
    const evidence = this.evidence(findings, reads)
    timeline.wentRound([...evidence.groups.values()].flatMap(({ loops }) => loops))
    const judged = this.options.untilUs === undefined ? scenario.expectations : []
    const expectations = judged.map((expectation) => judge(expectation, evidence))
    const notFired = this.faults.notFired(cluster.world.loop.nowUs)
    const allowed = new Set(scenario.allowed.map((allowance) => allowance.what))
    const outcome = outcomeOf({
      expectations,
      scenarioExpectations: judged,
      violations,
      allowed,
      stuck: stuckOn.length > 0 && !allowed.has('stuck'),
      notFired,
      nothingAcked: this.nothingAcked(),
    })
    const verdict: Verdict = {
      scenario: scenario.name,
      seed: this.options.seed,
      kafka: scenario.kafka,
      outcome,
      passed: outcome === 'pass' || outcome === 'find',
      violations: violations.map((found) => {
        const { invariant, rule, excused, atUs, subject, message } = found
        return { invariant, rule, excused, atMs: milliseconds(atUs), subject, message, events: found.events }
      }),
      expectations: expectations.map(({ text, met, message }) => ({ text, met, message })),
      notFired,
      history: {
        ...history.counts,
        // What has no outcome in the end may be in the log or not.
        unknown: history.counts.unknown + history.pending(),
        lost: findings.lost.length,
        duplicated: findings.duplicated.length,
        reordered: findings.reordered.length,
      },
      cluster: { partitions: partitionSummaries(cluster) },
      events: cluster.world.loop.executed,
      simulatedMs: milliseconds(cluster.world.loop.nowUs),
      traceHash: cluster.world.loop.hash.hex(),
      reproduce: this.options.reproduce ?? `kafkasim run ${scenario.name} --seed ${this.options.seed}`,
    }
    return {
      verdict,
      chosenFaults: scenario.chosenFaults,
      description: scenario.description,
      setup: setupOf(scenario, this.record.drawnTargets),
      timeline: this.timeline.withLosses(findings.lost, record),
      violations,
      judged: expectations,
      ...(this.options.alsoJudge && { alsoJudged: this.options.alsoJudge.map((other) => judge(other, evidence)) }),
      explanations: explainFindings({ cluster, timeline, events, record, violations, findings }),
      paragraphs: paragraphsOf(
        {
          ...evidence,
          scenario,
          pasts: this.pasts,
          retries: this.retries,
          missingReplicas: missingByPartition(cluster),
          onPurpose: this.defects().onPurpose,
        },
        { expectations: judged, judged: expectations, stuckOn, partitions: evidence.partitions },
      ),
      stuckOn,
      marks: this.marks?.counts() ?? {},
      withoutEffect: scenario.withoutEffect,
      buggify: cluster.buggifyCounts(),
      clients: summariseClients(history, findings, reads),
      groups: summariseGroups(
        scenario.groups.map(({ name }) => name),
        history,
        this.groupHistory,
        cluster.world.loop.nowUs,
      ),
      writeGaps: writeGaps(scenario, history, evidence.partitions),
    }
  }

  private watch(): InvariantChecker {
    const { scenario, cluster } = this
    const { loop, trace } = cluster.world
    const { brokers, switches } = scenario
    const gates = new Map(brokers.map((broker) => [broker.id, broker.switches.hwMinIsrGate]))
    const producers = new Map(scenario.producers.map((producer) => [producer.name, producer]))
    const options = {
      defects: this.defects(),
      producerOf: (client: string) => producers.get(client.slice(0, client.indexOf('['))),
      hwMinIsrGate: (broker: number) => gates.get(broker) ?? true,
      minInsyncReplicas: scenario.controller.config['min.insync.replicas'],
      deleteRetentionMs: brokers[0]?.config['log.cleaner.delete.retention.ms'],
      uncleanElectionEnabled: scenario.controller.config['unclean.leader.election.enable'],
      uncleanElectionByConfig: scenario.controller.switches.uncleanElectionByConfig,
      controllerLacks: CONTROLLER_FIXES.filter(
        (fix) => switches[fix] === undefined && !scenario.controller.switches[fix],
      ),
    }
    return new InvariantChecker(INVARIANTS, cluster, loop, trace, options, (violation) => {
      this.violations.push(violation)
      this.timeline.violated(violation)
    })
  }

  private watchTheChecker(checker: InvariantChecker): Recheck | undefined {
    const { cluster, options, scenario } = this
    const { loop, trace } = cluster.world
    const { recheck = usualRecheck(scenario) } = options
    if (recheck === 'off') return undefined
    const minIsr = scenario.controller.config['min.insync.replicas']
    const compactionOf = (key: string) => checker.compactionOf(key)
    return new Recheck(cluster, loop, trace, () => checker.violations, recheck, minIsr, compactionOf)
  }

  private defects(): Defects {
    const { brokers, kafka, features, switches } = this.scenario
    const defects = defectsOf([kafka, ...brokers.map((broker) => broker.kafka)], features, switches)
    return this.options.underTest === true ? { ...defects, onPurpose: [] } : defects
  }

  private *runTo(untilUs: number, isOver: () => boolean): Generator<void> {
    const { loop } = this.cluster.world
    do {
      const before = loop.executed
      this.cluster.world.run(Math.min(loop.nowUs + SLICE_US, untilUs))
      // Nothing has happened, so nothing has changed: in idle days that is most of the time.
      if (loop.executed === before && before > 0) this.groups.lookAgain(loop.nowUs)
      else this.noteProgress()
      this.options.onProgress?.(loop.nowUs, this.endUs, loop.executed)
      yield
    } while (loop.nowUs < untilUs && !isOver())
  }

  /** When, after the last heal, each consumer had read all that was committed, and since when all ISRs are full. */
  private noteProgress(): void {
    const { nowUs } = this.cluster.world.loop
    if (this.faults.lastHealUs !== this.countedFromUs) {
      this.countedFromUs = this.faults.lastHealUs
      this.caughtUpAtUs.clear()
      this.isrFullSinceUs = undefined
      this.groups.countAnew()
    }
    this.groups.look(nowUs)
    for (const name of caughtUpConsumers(this.cluster)) {
      if (!this.caughtUpAtUs.has(name)) this.caughtUpAtUs.set(name, nowUs)
    }
    if (missingReplicas(this.cluster).length > 0) this.isrFullSinceUs = undefined
    else this.isrFullSinceUs ??= nowUs
  }

  private isSettled(): boolean {
    this.settled = this.unsettled().length === 0
    return this.settled
  }

  private unsettled(explains = false): string[] {
    return [...unsettled(this.cluster, this.history, explains), ...this.groups.unsettled()]
  }

  private powerLost(process: string, report: PowerLossReport): void {
    const broker = /^broker-(\d+)$/.exec(process)?.[1]
    if (broker !== undefined && zeroedIndexes(report)) this.checker?.indexZeroed(Number(broker))
    if (broker !== undefined && lostCheckpoints(report)) {
      this.checker?.checkpointsUndone(Number(broker))
      this.recheck?.checkpointsUndone(Number(broker))
    }
    for (const [partition, { bytes, torn, rests }] of lostOfLogs(report)) {
      if (broker === undefined) continue
      const detail = `${bytes} bytes`
      this.checker?.lostUnsynced(Number(broker), partition, detail, rests)
      this.recheck?.lostUnsynced(Number(broker), partition)
      this.pasts.lostUnsynced(Number(broker), partition, report.atUs, torn)
      this.timeline.lostUnsynced(process, partition, detail, report.atUs)
    }
  }

  private evidence(findings: Evidence['findings'], reads: Evidence['reads']): Evidence {
    const { cluster, history, raisedEpochs, record, violations, caughtUpAtUs, isrFullSinceUs } = this
    const topics = [...(cluster.metadata?.topics.values() ?? [])]
    // Who fell behind again has not caught up, however often it had before.
    const groups = this.groups.evidence()
    const stillCaughtUp = new Set(caughtUpConsumers(cluster))
    return {
      history,
      groupHistory: this.groupHistory,
      groups,
      endUs: cluster.world.loop.nowUs,
      findings,
      reads,
      ...findingsOnDemand(cluster, history, record, groups, stillCaughtUp),
      record,
      violations,
      raisedEpochs: raisedEpochs?.explain(findings.duplicated, leaderLogs(cluster)) === true,
      disagreements: disagreements(cluster, (key) => this.checker?.compactionOf(key)?.forms),
      partitions: new Map(topics.map((topic) => [topic.name, topic.partitions.map((partition) => partition.key)])),
      lastHealUs: this.faults.lastHealUs,
      isrFullSinceUs,
      caughtUpAtUs: new Map([...caughtUpAtUs].filter(([name]) => stillCaughtUp.has(name))),
    }
  }

  private nothingAcked(): boolean {
    const hoped = this.scenario.producers.some((producer) => producer.config.acks !== 0)
    return hoped && this.history.counts.acked === 0
  }
}

function milliseconds(us: number): number {
  return Math.round(us) / 1000
}
