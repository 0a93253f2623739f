// Why writers waited. What the controller had committed during the gap says who was waited for: a leader that had not been
// found dead yet, nobody at all, a member of the ISR that had stopped fetching, or more members.

import { NO_LEADER } from '../../../metadata/partition-state.ts'
import { SESSION_OF_BROKER } from '../../../trace/kafka-event.ts'
import {
  at,
  brokersText,
  type Cause,
  type CauseRule,
  clusterSetting,
  type Cure,
  elrCure,
  type FinishedRun,
  type Mishap,
  producerSetting,
  topicOf,
  topicSetting,
} from './cause.ts'
import { phasesOf } from './gap-phases.ts'
import type { CommittedState, PartitionPast } from './partition-past.ts'
import type { TopicSpec } from '../../model.ts'

type Gap = Extract<Mishap, { kind: 'gap' }>
type Stretch = Pick<Gap, 'fromUs' | 'untilUs'>

/** What follows so soon follows from it: acknowledgements are on their way. */
const AT_ONCE_US = 500_000

/** A phase explains a gap if it takes up this much of it. */
const MOST = 0.5

export const GAP_RULES: readonly CauseRule[] = [
  gapRule('no-leader', 'nobody could be elected', (gap, past, topic, { scenario }) => {
    const phase = longestPhase(past, gap, ({ leader }) => leader === NO_LEADER)
    if (phase === undefined || phase.us < MOST * (gap.untilUs - gap.fromUs)) return undefined
    const { state, sinceUs, untilUs } = phase
    const outside = scenario.brokers.map(({ id }) => id).filter((id) => !state.isr.includes(id))
    const left = past.states.findLast((each) => each.atUs < sinceUs && each.isr.length > state.isr.length)
    const leaving = left === undefined ? undefined : past.states.find((each) => each.atUs > left.atUs)
    const others =
      leaving === undefined || outside.length === 0
        ? ''
        : ` The others had left the ISR by then, at ${at(leaving.atUs)} (${leaving.reason}), and who is not in it may not lead.`
    const { elr, uncleanElectionByConfig } = scenario.controller.switches
    const cures: Cure[] = []
    if (!elr && topic.config['min.insync.replicas'] >= 2 && state.isr.length > 0) {
      cures.push(elrCure(scenario, 'who left the ISR below the minimum may lead, and has all that was committed'))
    } else if (topic.replicationFactor === 1) {
      cures.push({ text: 'more replicas: there was nobody else who could lead', set: [] })
    } else if (!topic.config['unclean.leader.election.enable'] && uncleanElectionByConfig) {
      cures.push({
        text: 'unclean.leader.election.enable=true ends the wait, and loses what only the ISR had',
        set: [`topics.${topic.name}.config.unclean.leader.election.enable=true`],
      })
    }
    return {
      happened:
        `From ${at(sinceUs)} to ${at(untilUs)} ${gap.partition} had no leader (${state.reason}). ` +
        `It waited for ${state.isr.length === 0 ? 'an eligible replica' : brokersText(state.isr)}, all that was left of its ISR.${others}`,
      because: [
        topicSetting(scenario, topic, 'unclean.leader.election.enable'),
        clusterSetting(
          scenario,
          'cluster.features.eligible.leader.replicas.version',
          scenario.features['eligible.leader.replicas.version'],
        ),
      ],
      cites: 'R-97, R-99, RB-30',
      cures,
    }
  }),

  gapRule('dead-leader', 'the leader was silent until its session expired', (gap, past, _topic, run) => {
    const election = sessionElection(gap, past)
    if (election === undefined || !tookMost(gap, election.now.atUs) || !wasDown(election, gap, run)) return undefined
    const { before, now } = election
    const { cures, ...session } = sessionCure(gap, now.atUs, FINDS_LEADER_MS, run)
    // Its connections stand: what producers had sent it waits for it, whoever leads by then.
    const paused = run.record.wasPaused(`broker-${before.leader}`, gap.fromUs, now.atUs)
    return {
      happened:
        `Broker ${before.leader} led ${gap.partition} and fell silent. The controller waits for the end of its ` +
        `session before it believes that: at ${at(now.atUs)} it elected broker ${now.leader}, and at ` +
        `${at(gap.untilUs)} the first write was acknowledged.`,
      ...session,
      cures: paused ? [] : cures,
    }
  }),

  gapRule(
    'cut-from-controller',
    'a leader that only the controller did not hear was replaced',
    (gap, past, _topic, run) => {
      const election = electionBefore(gap, past)
      if (election === undefined || wasDown(election, gap, run)) return undefined
      const { before, now } = election
      const { scenario } = run
      return {
        happened:
          `Broker ${before.leader} led ${gap.partition} and could not reach the controller. Clients and followers it could, and it ` +
          `served them until its session expired at ${at(now.atUs)} and broker ${now.leader} was elected. From then on its ` +
          `followers fetched from that one, and nothing that producers still sent to broker ${before.leader} was committed; at ` +
          `${at(gap.untilUs)} the first write was acknowledged again.`,
        because: [
          clusterSetting(
            scenario,
            'cluster.config.broker.session.timeout.ms',
            scenario.controller.config['broker.session.timeout.ms'],
          ),
        ],
        cites: 'R-36, R-91, R-97',
        cures: [],
      }
    },
  ),

  gapRule('deposed-leader', 'a leader cut off from the cluster kept its clients waiting', (gap, past, topic, run) => {
    const election = sessionElection(gap, past)
    if (election === undefined || wasDown(election, gap, run)) return undefined
    const { scenario } = run
    const writers = scenario.producers.filter((each) => each.topic === topic.name)
    return {
      happened:
        `Broker ${election.before.leader} led ${gap.partition} and was cut off from the rest of the cluster. It went on as ` +
        `leader: what producers could still send it, it could not commit. At ${at(election.now.atUs)} its session expired and ` +
        `broker ${election.now.leader} was elected; at ${at(gap.untilUs)} the first write was acknowledged by it, once ` +
        'the producers had given up on the old one.',
      because: [
        clusterSetting(
          scenario,
          'cluster.config.broker.session.timeout.ms',
          scenario.controller.config['broker.session.timeout.ms'],
        ),
        ...writers.map((producer) => producerSetting(scenario, producer, 'request.timeout.ms')),
      ],
      cites: 'R-36, R-91, P-6',
      cures: [],
    }
  }),

  gapRule(
    'dead-follower',
    'acks=all waited for a dead member of the ISR until its session expired',
    (gap, past, topic, run) => {
      const shrink = lastShrink(past, gap)
      if (shrink === undefined || isTooSmall(shrink.now, topic) || !shrink.now.reason.startsWith(SESSION_OF_BROKER))
        return undefined
      if (shrink.now.leader !== shrink.before.leader) return undefined
      return {
        happened:
          `acks=all waits for every member of the ISR, and ${brokersText(shrink.left)} fell silent. At ` +
          `${at(shrink.now.atUs)} its session expired and it left the ISR: then the records that had waited were acknowledged.`,
        ...sessionCure(gap, shrink.now.atUs, 0, run),
      }
    },
  ),

  gapRule(
    'slow-follower',
    'acks=all waited for a member of the ISR that did not fetch, until the leader dropped it',
    (gap, past, topic, { scenario }) => {
      const shrink = lastShrink(past, gap)
      if (shrink === undefined || isTooSmall(shrink.now, topic) || shrink.now.reason.startsWith(SESSION_OF_BROKER))
        return undefined
      if (shrink.now.leader !== shrink.before.leader) return undefined
      const lagMs = scenario.controller.config['replica.lag.time.max.ms']
      // Leaders look every half of it.
      const enoughMs = shortEnoughMs(gap, shrink.now.atUs, 1.5, 0)
      return {
        happened:
          `acks=all waits for every member of the ISR, and ${brokersText(shrink.left)} did not catch up any more. A leader ` +
          `drops such a member after replica.lag.time.max.ms, at ${at(shrink.now.atUs)} (${shrink.now.reason}): until then ` +
          'nothing was acknowledged.',
        because: [clusterSetting(scenario, 'cluster.config.replica.lag.time.max.ms', lagMs)],
        cites: 'R-81, R-40',
        cures:
          enoughMs < LEAST_MS
            ? []
            : [
                {
                  text: 'a shorter replica.lag.time.max.ms: a member that lags is given up sooner',
                  set: [`cluster.config.replica.lag.time.max.ms=${enoughMs}`],
                },
              ],
      }
    },
  ),

  gapRule('below-min-isr', 'fewer members were in sync than acks=all requires', (gap, past, topic, { scenario }) => {
    const minimum = Math.min(topic.config['min.insync.replicas'], topic.replicationFactor)
    const phase = longestPhase(past, gap, ({ isr, leader }) => leader !== NO_LEADER && isr.length < minimum)
    const writers = scenario.producers.filter((each) => each.topic === topic.name && each.config.acks === -1)
    if (phase === undefined || writers.length === 0 || phase.us < MOST * (gap.untilUs - gap.fromUs)) return undefined
    const { state, sinceUs, untilUs } = phase
    return {
      happened:
        `From ${at(sinceUs)} to ${at(untilUs)} the ISR of ${gap.partition} was [${state.isr.join(', ')}] (${state.reason}), ` +
        `fewer than the ${minimum} that acks=all asks for: writes were refused (NOT_ENOUGH_REPLICAS) or waited.`,
      because: [topicSetting(scenario, topic, 'min.insync.replicas')],
      cites: 'R-38, R-76',
      // What the gap was besides is there in any case.
      cures:
        gap.untilUs - gap.fromUs - phase.us > gap.allowedUs
          ? []
          : [
              {
                text: `min.insync.replicas=${state.isr.length} keeps it writable, with no more copies than that of what it acknowledges`,
                set: [`topics.${topic.name}.config.min.insync.replicas=${state.isr.length}`],
              },
            ],
    }
  }),

  gapRule('several-in-a-row', 'several things kept writers waiting, one after the other', (gap, past, topic, run) => {
    const phases = phasesOf(gap, past, topic, run)
    const us = phases.reduce((sum, { fromUs, untilUs }) => sum + untilUs - fromUs, 0)
    if (new Set(phases.map(({ why }) => why)).size < 2 || us < MOST * (gap.untilUs - gap.fromUs)) return undefined
    const told = phases.map(({ fromUs, untilUs, text }) => `from ${at(fromUs)} to ${at(untilUs)} ${text}`)
    const keys = [...new Set(phases.map(({ setting }) => setting))]
    return {
      happened: `${gap.partition} could not be written for several reasons, one after the other: ${told.join('; ')}.`,
      because: keys.map((key) =>
        key === 'min.insync.replicas' || key === 'unclean.leader.election.enable'
          ? topicSetting(run.scenario, topic, key)
          : clusterSetting(run.scenario, `cluster.config.${key}`, run.scenario.controller.config[key]),
      ),
      cites: 'R-38, R-81, R-91, R-97',
      cures: [],
    }
  }),
]

function gapRule(
  id: string,
  says: string,
  recognise: (
    gap: Gap,
    past: PartitionPast,
    topic: TopicSpec,
    run: FinishedRun,
  ) => Omit<Cause, 'rule' | 'key'> | undefined,
): CauseRule {
  return {
    id,
    says,
    recognise: (mishap, run) => {
      const topic = mishap.kind === 'gap' ? topicOf(run.scenario, mishap.partition) : undefined
      if (mishap.kind !== 'gap' || topic === undefined) return undefined
      const cause = recognise(mishap, run.pasts.of(mishap.partition), topic, run)
      return cause === undefined ? undefined : { ...cause, rule: id, key: `${id} ${mishap.partition}` }
    },
  }
}

/** The leader's session ran out in the gap. */
function sessionElection(gap: Stretch, past: PartitionPast): Change | undefined {
  return changesIn(past, gap).find(
    ({ now, before }) =>
      now.reason.startsWith(SESSION_OF_BROKER) && now.leader !== NO_LEADER && now.leader !== before.leader,
  )
}

/** The gap began as another was elected, for the session of the leader had run out: until then it could be written. */
function electionBefore({ fromUs }: Gap, past: PartitionPast): Change | undefined {
  const around = { fromUs: fromUs - AT_ONCE_US, untilUs: fromUs + AT_ONCE_US }
  return sessionElection(around, past)
}

/** What ended at this time was most of the gap: what followed it only took its course. */
function tookMost({ fromUs, untilUs }: Gap, atUs: number): boolean {
  return atUs - fromUs >= MOST * (untilUs - fromUs)
}

/** The leader that was replaced had been taken down, and not just cut off. */
function wasDown({ before, now }: Change, gap: Gap, { record }: FinishedRun): boolean {
  return record.wasDown(`broker-${before.leader}`, gap.fromUs, now.atUs)
}

interface Phase {
  readonly state: CommittedState
  readonly sinceUs: number
  readonly untilUs: number
  /** Of it within the gap. */
  readonly us: number
}

/** The longest stretch of the gap in which the committed state was so; `state` is the first of it. */
function longestPhase(past: PartitionPast, gap: Gap, isSo: (state: CommittedState) => boolean): Phase | undefined {
  let longest: Phase | undefined
  let begun: CommittedState | undefined
  for (const [i, state] of past.states.entries()) {
    begun = isSo(state) ? (begun ?? state) : undefined
    if (begun === undefined) continue
    const untilUs = past.states[i + 1]?.atUs ?? Infinity
    const us = Math.min(untilUs, gap.untilUs) - Math.max(begun.atUs, gap.fromUs)
    if (us > (longest?.us ?? 0)) {
      longest = { state: begun, sinceUs: begun.atUs, untilUs: Math.min(untilUs, Math.max(gap.untilUs, begun.atUs)), us }
    }
  }
  return longest
}

interface Change {
  readonly now: CommittedState
  readonly before: CommittedState
}

function changesIn(past: PartitionPast, { fromUs, untilUs }: Stretch): Change[] {
  return past.states.flatMap((now, i) => {
    const before = past.states[i - 1]
    return before === undefined || now.atUs < fromUs || now.atUs > untilUs ? [] : [{ now, before }]
  })
}

/** The shrink that ended the gap: nothing else happened between it and the end but what it set free. */
function lastShrink(past: PartitionPast, gap: Gap): (Change & { readonly left: readonly number[] }) | undefined {
  const shrinks = changesIn(past, gap).map((change) => ({
    ...change,
    left: change.before.isr.filter((id) => !change.now.isr.includes(id)),
  }))
  const last = shrinks.findLast(({ left }) => left.length > 0)
  if (last === undefined) return undefined
  return tookMost(gap, last.now.atUs) ? last : undefined
}

/** Whoever left, acks=all is refused now. */
function isTooSmall({ isr }: CommittedState, { config, replicationFactor }: TopicSpec): boolean {
  return isr.length < Math.min(config['min.insync.replicas'], replicationFactor)
}

function sessionCure(
  gap: Gap,
  endedUs: number,
  leastRestMs: number,
  { scenario }: FinishedRun,
): Pick<Cause, 'because' | 'cites' | 'cures'> {
  const key = 'broker.session.timeout.ms'
  const sessionMs = scenario.controller.config[key]
  const heartbeatMs = scenario.controller.config['broker.heartbeat.interval.ms']
  const enoughMs = shortEnoughMs(gap, endedUs, 1, leastRestMs)
  // A session has to hold several heartbeats.
  const heartbeat =
    heartbeatMs * 3 <= enoughMs ? [] : [`cluster.config.broker.heartbeat.interval.ms=${Math.floor(enoughMs / 4)}`]
  const cure = {
    text: `a shorter ${key}: who is dead is found out sooner, and who is slow is taken for dead sooner`,
    set: [`cluster.config.${key}=${enoughMs}`, ...heartbeat],
  }
  return {
    because: [clusterSetting(scenario, `cluster.config.${key}`, sessionMs)],
    cites: 'R-91, R-93',
    cures: enoughMs < LEAST_MS ? [] : [cure],
  }
}

/** Below this, healthy brokers would be taken for dead. */
const LEAST_MS = 1000
/** A producer that waits to try again finds the new leader that late: retry.backoff.max.ms and its jitter (P-6). */
const FINDS_LEADER_MS = 1200
/** Timers are looked at now and then. */
const SLACK_MS = 300

/**
 * What a timeout has to be for the gap to be allowed, if what follows it takes half as long again. `factor`: how long it
 * may take to be noticed that it is over; `leastRestMs`: what follows it may take in any case.
 */
function shortEnoughMs(gap: Gap, endedUs: number, factor: number, leastRestMs: number): number {
  const restMs = Math.max(leastRestMs, (1.5 * (gap.untilUs - endedUs)) / 1000)
  return Math.floor((gap.allowedUs / 1000 - restMs - SLACK_MS) / factor / 100) * 100
}
