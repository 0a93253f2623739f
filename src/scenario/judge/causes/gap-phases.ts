// What a partition waited for while it could not be written, stretch by stretch, as the controller's changes tell: no leader,
// too small an ISR, a leader or a member that had not been found dead yet, a member that was slow.

import { NO_LEADER } from '../../../metadata/partition-state.ts'
import { SESSION_OF_BROKER } from '../../../trace/kafka-event.ts'
import type { TopicSpec } from '../../model.ts'
import { brokersText, type FinishedRun } from './cause.ts'
import type { CommittedState, PartitionPast } from './partition-past.ts'

export interface GapPhase {
  readonly why: 'no-leader' | 'below-min-isr' | 'silent-leader' | 'silent-member' | 'slow-member'
  readonly fromUs: number
  readonly untilUs: number
  /** `it had no leader`. */
  readonly text: string
  /** What decides how long it takes, or whether it happens at all. */
  readonly setting:
    'unclean.leader.election.enable' | 'min.insync.replicas' | 'broker.session.timeout.ms' | 'replica.lag.time.max.ms'
}

/** In order; what nothing is known of is left out. */
export function phasesOf(
  { fromUs, untilUs }: { readonly fromUs: number; readonly untilUs: number },
  { states }: PartitionPast,
  topic: TopicSpec,
  { scenario }: FinishedRun,
): GapPhase[] {
  const waitsForAll = scenario.producers.some(({ topic: name, config }) => name === topic.name && config.acks === -1)
  const minimum = Math.min(topic.config['min.insync.replicas'], topic.replicationFactor)
  return states.flatMap((state, i): GapPhase[] => {
    const next = states[i + 1]
    const since = Math.max(state.atUs, fromUs)
    const until = Math.min(next?.atUs ?? Infinity, untilUs)
    if (since >= until) return []
    const phase = phaseOf(state, next, waitsForAll ? minimum : 0)
    return phase === undefined ? [] : [{ ...phase, fromUs: since, untilUs: until }]
  })
}

function phaseOf(
  { leader, isr, reason }: CommittedState,
  next: CommittedState | undefined,
  minimum: number,
): Omit<GapPhase, 'fromUs' | 'untilUs'> | undefined {
  if (leader === NO_LEADER) {
    const text = `it had no leader (${reason}), and waited for ${isr.length === 0 ? 'an eligible replica' : brokersText(isr)}`
    return { why: 'no-leader', text, setting: 'unclean.leader.election.enable' }
  }
  if (isr.length < minimum) {
    const text = `only [${isr.join(', ')}] were in sync (${reason}), fewer than the ${minimum} that acks=all asks for`
    return { why: 'below-min-isr', text, setting: 'min.insync.replicas' }
  }
  if (next === undefined) return undefined
  const bySession = next.reason.startsWith(SESSION_OF_BROKER)
  if (next.leader !== leader) {
    if (!bySession) return undefined
    const text = `its leader, broker ${leader}, was silent, until its session expired`
    return { why: 'silent-leader', text, setting: 'broker.session.timeout.ms' }
  }
  const left = isr.filter((id) => !next.isr.includes(id))
  if (left.length === 0) return undefined
  return bySession
    ? {
        why: 'silent-member',
        text: `acks=all waited for ${brokersText(left)}, until its session expired`,
        setting: 'broker.session.timeout.ms',
      }
    : {
        why: 'slow-member',
        text: `acks=all waited for ${brokersText(left)}, until the leader dropped it (${next.reason})`,
        setting: 'replica.lag.time.max.ms',
      }
}
