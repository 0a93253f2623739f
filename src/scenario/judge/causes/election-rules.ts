// What follows from a leader that came from outside the ISR, seen as the election itself or as an invariant that rests on
// there being none (C1).

import { UNCLEAN_BY_ADMIN } from '../../../trace/kafka-event.ts'
import type { UncleanElection } from '../run-record.ts'
import { uncleanKey } from './loss-rules.ts'
import { at, type Cause, type CauseRule, type FinishedRun, type Mishap, topicOf, topicSetting } from './cause.ts'

export const ELECTION_RULES: readonly CauseRule[] = [
  electionRule(
    'unclean-election-allowed',
    'unclean.leader.election.enable let a leader in from outside the ISR',
    (election, run) => {
      const topic = topicOf(run.scenario, election.partition)
      if (topic === undefined || election.reason === UNCLEAN_BY_ADMIN || election.asLastKnown) return undefined
      if (!topic.config['unclean.leader.election.enable']) return undefined
      return {
        happened: `${elected(election, run)} The setting allows it.`,
        because: [topicSetting(run.scenario, topic, 'unclean.leader.election.enable')],
        cites: 'R-98, R-102, RB-20',
        cures: [
          {
            text: 'unclean.leader.election.enable=false: the partition then waits, without a leader, for one of its ISR',
            set: [`topics.${topic.name}.config.unclean.leader.election.enable=false`],
          },
        ],
      }
    },
  ),
  electionRule('unclean-election-asked', 'an administrator asked for an unclean election', (election, run) => {
    if (election.reason !== UNCLEAN_BY_ADMIN) return undefined
    return {
      happened: `${elected(election, run)} An administrator had asked for it.`,
      because: [],
      cites: 'R-98, R-102',
      cures: [{ text: 'a preferred election instead, or waiting for a member of the ISR', set: [] }],
    }
  }),
  electionRule('last-known-leader', 'with ISR and ELR empty, whoever led last leads again', (election, run) => {
    const topic = topicOf(run.scenario, election.partition)
    if (topic === undefined || !election.asLastKnown) return undefined
    return {
      happened:
        `${elected(election, run)} It was the last known leader; the ISR was empty, and so were the eligible leader ` +
        `replicas, which are kept only of an ISR that falls below min.insync.replicas.`,
      because: [topicSetting(run.scenario, topic, 'min.insync.replicas')],
      cites: 'R-100, R-101',
      cures:
        topic.config['min.insync.replicas'] > 1 || topic.replicationFactor < 2
          ? []
          : [
              {
                text: 'min.insync.replicas=2: who leaves an ISR of two or fewer then stays eligible',
                set: [`topics.${topic.name}.config.min.insync.replicas=2`],
              },
            ],
    }
  }),
]

function electionRule(
  id: string,
  says: string,
  recognise: (election: UncleanElection, run: FinishedRun) => Omit<Cause, 'rule' | 'key'> | undefined,
): CauseRule {
  return {
    id,
    says,
    recognise: (mishap, run) => {
      const election = electionBehind(mishap, run)
      const cause = election === undefined ? undefined : recognise(election, run)
      if (election === undefined || cause === undefined) return undefined
      return {
        ...cause,
        rule: id,
        key: uncleanKey(topicOf(run.scenario, election.partition)?.name ?? election.partition),
      }
    },
  }
}

function electionBehind(mishap: Mishap, { record }: FinishedRun): UncleanElection | undefined {
  if (mishap.kind === 'unclean-election') {
    return record.uncleanElections.find(({ partition, atUs }) => partition === mishap.partition && atUs === mishap.atUs)
  }
  if (mishap.kind !== 'violation' || !(mishap.violation.excused?.startsWith('C1:') ?? false)) return undefined
  const { subject, atUs } = mishap.violation
  return record.uncleanElections.find((each) => each.partition === subject && each.atUs <= atUs)
}

/** `At 26.1s broker 2 was elected leader of t-0, in epoch 2 (…), with a log that ended at 122; the ISR was [1].` */
function elected({ partition, leader, leaderEpoch, atUs, reason }: UncleanElection, { pasts }: FinishedRun): string {
  const past = pasts.of(partition)
  const before = past.states.findLast((state) => state.leaderEpoch < leaderEpoch)
  const tenure = past.tenures.find(({ broker, epoch }) => broker === leader && epoch === leaderEpoch)
  const end = tenure === undefined ? '' : `, with a log that ended at ${tenure.startOffset}`
  const isr = before === undefined ? '' : `; the ISR was [${before.isr.join(', ')}]`
  return `At ${at(atUs)} broker ${leader} was elected leader of ${partition}, in epoch ${leaderEpoch} (${reason})${end}${isr}.`
}
