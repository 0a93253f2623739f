// Why an acknowledged record is gone. Each rule follows it from the leader that acknowledged it to the first leader that
// took office without it, and names what came between. The rules exclude each other by what was true at those two times.

import type { FoundRecord } from '../../../history/checkers.ts'
import { UNCLEAN_BY_ADMIN } from '../../../trace/kafka-event.ts'
import type { ProducerSpec, TopicSpec } from '../../model.ts'
import type { UncleanElection } from '../run-record.ts'
import {
  at,
  brokersText,
  capital,
  type Cause,
  type CauseRule,
  clusterSetting,
  elrCure,
  type FinishedRun,
  producerOf,
  producerSetting,
  topicOf,
  topicSetting,
} from './cause.ts'
import type { PartitionPast, Tenure } from './partition-past.ts'

/** The life and death of a lost record, as far as it is known. */
export interface Loss {
  readonly record: FoundRecord
  readonly past: PartitionPast
  readonly topic: TopicSpec
  readonly producer: ProducerSpec
  readonly ackedUs: number
  /** Who acknowledged it. */
  readonly tenure: Tenure
  /** The first leader without it; undefined if none is known. */
  readonly without: Tenure | undefined
  readonly committed: boolean
  /** The ISR when it was acknowledged, as committed by the controller. */
  readonly isr: readonly number[]
  readonly unclean: UncleanElection | undefined
}

export function lossOf(record: FoundRecord, { scenario, history, pasts, record: run }: FinishedRun): Loss | undefined {
  const { partition, client, n, offset } = record
  const topic = topicOf(scenario, partition)
  const producer = producerOf(scenario, client)
  const past = pasts.of(partition)
  const ackedUs = history.clients.get(client)?.completedAtUs(n) ?? 0
  const tenure = past.tenureOf(offset, ackedUs, producer?.config.acks === -1)
  if (topic === undefined || producer === undefined || tenure === undefined) return undefined
  const uncleans = run.uncleanElections.filter((each) => each.partition === partition)
  const isUnclean = ({ broker, epoch }: Tenure): boolean =>
    uncleans.some(({ leader, leaderEpoch }) => leader === broker && leaderEpoch === epoch)
  // If no log ended before it, one had something else there: only an unclean election makes such a one leader.
  const without =
    past.firstWithout(offset, tenure) ?? past.tenures.find((each) => each.fromUs >= ackedUs && isUnclean(each))
  const unclean = uncleans.find(
    ({ leader, leaderEpoch }) => leader === without?.broker && leaderEpoch === without.epoch,
  )
  const committed = past.wasCommitted(offset, tenure, without)
  const isr = past.stateAt(ackedUs)?.isr ?? []
  return { record, past, topic, producer, ackedUs, tenure, without, committed, isr, unclean }
}

/** Members of the ISR of then that lost it with their power before the leader without it took office. */
function lostBy({ record, past, isr, without }: Loss): number[] {
  const losers = past.lostAt(record.offset, 0, without?.fromUs ?? Infinity).map(({ broker }) => broker)
  return isr.filter((id) => losers.includes(id))
}

function lossRule(
  id: string,
  says: string,
  recognise: (loss: Loss, run: FinishedRun) => Omit<Cause, 'rule' | 'key'> | undefined,
): CauseRule {
  return {
    id,
    says,
    recognise: (mishap, run) => {
      if (mishap.kind !== 'lost') return undefined
      const loss = lossOf(mishap.record, run)
      const cause = loss === undefined ? undefined : recognise(loss, run)
      if (loss === undefined || cause === undefined) return undefined
      return { ...cause, rule: id, key: keyOf(id, loss) }
    },
  }
}

/** Of several partitions the story is the same; an unclean election is told with what the election itself broke. */
function keyOf(rule: string, { topic, producer }: Loss): string {
  return rule === 'unclean-election' ? uncleanKey(topic.name) : `${rule} ${producer.name}`
}

export function uncleanKey(topic: string): string {
  return `unclean-election ${topic}`
}

/** `broker 3, leader in epoch 0, acknowledged orders-0@4822 (web[0]#4822) at 16.980s`. */
function acknowledged({ record, tenure, ackedUs }: Loss): string {
  const { partition, offset, client, n } = record
  return `broker ${tenure.broker}, leader in epoch ${tenure.epoch}, acknowledged ${partition}@${offset} (${client}#${n}) at ${at(ackedUs)}`
}

/** `At 17.106s broker 1 took office in epoch 1 (session of broker 3 expired), with a log that ended at 4822.` */
function tookOffice(loss: Loss, { broker, epoch, fromUs, startOffset }: Tenure): string {
  return `At ${at(fromUs)} broker ${broker} took office in epoch ${epoch}${whyElected(loss)}, with a log that ended at ${startOffset}.`
}

function whyElected({ past, without }: Loss): string {
  const reason = past.states.find((state) => without !== undefined && state.leaderEpoch === without.epoch)?.reason
  return reason === undefined ? '' : ` (${reason})`
}

/** Before 3.7 a leader without followers commits even below min.insync.replicas, which acks=1 does not look at. */
function wasAlone({ isr, tenure }: Loss): boolean {
  return isr.length === 1 && isr[0] === tenure.broker
}

/** Broker 3 did not know that it had been deposed, or never was. */
function wasDeposed({ past, tenure, ackedUs }: Loss): boolean {
  const state = past.stateAt(ackedUs)
  return state !== undefined && state.leaderEpoch > tenure.epoch
}

export const LOSS_RULES: readonly CauseRule[] = [
  lossRule(
    'unclean-election',
    'a leader from outside the ISR took office without what was committed',
    (loss, { scenario }) => {
      const { unclean, without, topic, isr, committed } = loss
      if (unclean === undefined || without === undefined || !committed || unclean.asLastKnown) return undefined
      const byAdmin = unclean.reason === UNCLEAN_BY_ADMIN
      const happened =
        `${capital(acknowledged(loss))}, with [${isr.join(', ')}] in sync. At ${at(unclean.atUs)} broker ${unclean.leader}, ` +
        `which was in no ISR any more, was elected all the same (${unclean.reason}), with ${
          without.startOffset > loss.record.offset
            ? 'other records there, from when it had led before: all others cut theirs.'
            : `a log that ended at ${without.startOffset}: what lay beyond was cut from every other log.`
        }`
      if (byAdmin) {
        const cures = [
          { text: 'ask for a preferred election instead of an unclean one, or wait for a member of the ISR', set: [] },
        ]
        return { happened, because: [], cites: 'R-98, R-102, RB-20', cures }
      }
      const setting = topicSetting(scenario, topic, 'unclean.leader.election.enable')
      return {
        happened,
        because: [setting],
        cites: 'R-98, R-102, RB-20',
        cures: [
          {
            text: `unclean.leader.election.enable=false: the partition then waits, without a leader, for one of its ISR`,
            set: [`topics.${topic.name}.config.unclean.leader.election.enable=false`],
          },
        ],
      }
    },
  ),

  lossRule('zombie-leader', 'a deposed leader that did not know it acknowledged with acks=1', (loss, { scenario }) => {
    const { producer, committed, without, tenure, past, ackedUs } = loss
    if (producer.config.acks !== 1 || committed || without === undefined || !wasDeposed(loss)) return undefined
    const state = past.stateAt(ackedUs)
    if (state === undefined) return undefined
    return {
      happened:
        `${capital(acknowledged(loss))}. But it had been deposed: since epoch ${state.leaderEpoch} broker ${state.leader} ` +
        `was the leader${whyElected(loss)}, and nobody had told broker ${tenure.broker}. It took writes on its own word ` +
        `until it was heard again; then what it had taken was cut.`,
      because: [producerSetting(scenario, producer, 'acks')],
      cites: 'R-36, RB-29',
      cures: [acksAll(loss)],
    }
  }),

  lossRule('acks-1', 'the leader alone had it, and another took office', (loss, { scenario }) => {
    const { producer, committed, without, tenure, past, record } = loss
    if (producer.config.acks !== 1 || (committed && !wasAlone(loss)) || without === undefined || wasDeposed(loss))
      return undefined
    // With a single replica acks=all asks for no more.
    if (committed && loss.topic.replicationFactor === 1) return undefined
    if (without.broker === tenure.broker) {
      // The same broker came back without it: that is a matter of its disk.
      const [lost] = past.lostAt(record.offset, 0, without.fromUs).filter(({ broker }) => broker === tenure.broker)
      if (lost === undefined) return undefined
      return {
        happened:
          `${capital(acknowledged(loss))}, when no follower had it yet. At ${at(lost.atUs)} it lost power, and with it ` +
          `what it had not synced, down to ${lost.endAfter}${lost.torn ? ', where a write was torn' : ''}: nobody else had the rest.`,
        because: [producerSetting(scenario, producer, 'acks')],
        cites: 'R-35, R-135, RB-21',
        cures: [acksAll(loss)],
      }
    }
    return {
      happened:
        `${capital(acknowledged(loss))}, which takes no more than its own log. ${tookOffice(loss, without)} ` +
        `The record was on no replica that could be elected, so it is gone for good.`,
      because: [producerSetting(scenario, producer, 'acks')],
      cites: 'R-35, R-135, RB-21',
      cures: [acksAll(loss)],
    }
  }),

  lossRule('min-isr-1', 'acks=all meant one broker, and that one lost what it had not synced', (loss, { scenario }) => {
    const { isr, topic, producer, tenure, without, past, record } = loss
    const [only] = isr
    if (producer.config.acks !== -1 || isr.length !== 1 || topic.config['min.insync.replicas'] !== 1) return undefined
    if (without === undefined || only !== tenure.broker || loss.unclean !== undefined) return undefined
    if (topic.replicationFactor < 2) return undefined
    const [lost] = past.lostAt(record.offset, 0, without.fromUs).filter(({ broker }) => broker === only)
    if (lost === undefined) return undefined
    return {
      happened:
        `${capital(acknowledged(loss))}. The ISR had shrunk to it alone, so acks=all waited for nobody else. At ` +
        `${at(lost.atUs)} it lost power, and its log came back with ${endOf(lost)}. As the only member of ` +
        `the ISR it was leader again, without the record.`,
      because: [topicSetting(scenario, topic, 'min.insync.replicas')],
      cites: 'R-38, R-99, RB-22',
      cures: [
        {
          text: 'min.insync.replicas=2: a leader alone then refuses acks=all instead of acknowledging it',
          set: [`topics.${topic.name}.config.min.insync.replicas=2`],
        },
      ],
    }
  }),

  lossRule(
    'only-replica',
    'a topic with one replica, whose broker lost what it had not synced',
    (loss, { scenario }) => {
      const { topic, tenure, without, past, record } = loss
      if (topic.replicationFactor !== 1 || without === undefined) return undefined
      const [lost] = past.lostAt(record.offset, 0, without.fromUs).filter(({ broker }) => broker === tenure.broker)
      if (lost === undefined) return undefined
      return {
        happened:
          `${capital(acknowledged(loss))}. There is no other replica of it. At ${at(lost.atUs)} broker ${tenure.broker} lost ` +
          `power, and its log came back with ${endOf(lost)}.`,
        because: [
          clusterSetting(scenario, `topics.${topic.name}.replication.factor`, topic.replicationFactor),
          topicSetting(scenario, topic, 'flush.messages', 'log.flush.interval.messages'),
        ],
        cites: 'R-135',
        cures: [{ text: 'more replicas, and min.insync.replicas=2', set: [] }, flushEach(topic)],
      }
    },
  ),

  lossRule('all-lost-power', 'all who had it lost power before it was synced', (loss, { scenario }) => {
    const { isr, topic, without, past, record, committed } = loss
    const losers = lostBy(loss)
    if (!committed || isr.length < 2 || losers.length < isr.length || without === undefined) return undefined
    if (loss.unclean !== undefined) return undefined
    const times = past.lostAt(record.offset, 0, without.fromUs).map(({ atUs }) => atUs)
    const racks = new Set(scenario.brokers.filter(({ id }) => isr.includes(id)).map(({ rack }) => rack))
    const sameRack = racks.size === 1 && !racks.has(null)
    return {
      happened:
        `${capital(acknowledged(loss))}, when it was in the page caches of ${brokersText(isr)}, and on none of their ` +
        `disks. ${capital(brokersText(losers))} lost power (${[...new Set(times)].map(at).join(', ')}) before it was ` +
        `written back${sameRack ? `: they stand in one rack, ${[...racks].join()}` : ''}.`,
      because: [topicSetting(scenario, topic, 'flush.messages', 'log.flush.interval.messages')],
      cites: 'R-134, RB-23',
      cures: [
        ...(sameRack
          ? [{ text: 'replicas in several racks: then one power failure does not hit them all', set: [] }]
          : []),
        flushEach(topic),
      ],
    }
  }),

  lossRule(
    'elected-without-its-tail',
    'of an ISR that lost power, one led that had lost more than others',
    (loss, { scenario }) => {
      const { isr, topic, without, past, record, committed } = loss
      if (!committed || without === undefined || loss.unclean !== undefined || isr.length < 2) return undefined
      const [lost] = past.lostAt(record.offset, 0, without.fromUs).filter(({ broker }) => broker === without.broker)
      const before = lost === undefined ? undefined : past.stateAt(lost.atUs)
      if (lost === undefined || before === undefined || before.isr.length < 2) return undefined
      const had = isr.filter((id) => !lostBy(loss).includes(id))
      if (!before.isr.includes(without.broker) || had.length === 0) return undefined
      return {
        happened:
          `${capital(acknowledged(loss))}, with [${isr.join(', ')}] in sync. At ${at(lost.atUs)} broker ${without.broker} ` +
          `lost power, and its log came back with ${endOf(lost)}. ${capital(brokersText(had))} still had the ` +
          `record, but broker ${without.broker} was in the ISR as well and became the leader at ${at(without.fromUs)}: ` +
          'nobody compares logs before an election.',
        because: [topicSetting(scenario, topic, 'flush.messages', 'log.flush.interval.messages')],
        cites: 'R-97, R-98, RB-23',
        cures: [flushEach(topic)],
      }
    },
  ),

  lossRule('last-replica-standing', 'the last member of the ISR lost what others still had', (loss, { scenario }) => {
    const { isr, topic, without, past, record, committed } = loss
    if (!committed || without === undefined || loss.unclean !== undefined || isr.length < 2) return undefined
    const [lost] = past.lostAt(record.offset, 0, without.fromUs).filter(({ broker }) => broker === without.broker)
    const before = lost === undefined ? undefined : past.stateAt(lost.atUs)
    if (lost === undefined || before?.isr.join() !== String(without.broker)) return undefined
    const had = isr.filter((id) => !lostBy(loss).includes(id))
    if (had.length === 0 || scenario.controller.switches.elr) return undefined
    const cures = [elrCure(scenario, 'those who left the ISR below the minimum may still be elected')]
    return {
      happened:
        `${capital(acknowledged(loss))}, with [${isr.join(', ')}] in sync. Then the ISR shrank to broker ` +
        `${without.broker} alone, and at ${at(lost.atUs)} that one lost power; its log came back with ` +
        `${endOf(lost)}. ${capital(brokersText(had))} still had the record, but only a member of the ISR may lead, so ` +
        `broker ${without.broker} led again, and the others cut theirs.`,
      because: [
        clusterSetting(
          scenario,
          'cluster.features.eligible.leader.replicas.version',
          scenario.features['eligible.leader.replicas.version'],
        ),
        topicSetting(scenario, topic, 'min.insync.replicas'),
      ],
      cites: 'R-96, R-98, RB-8',
      cures: topic.config['min.insync.replicas'] >= 2 ? cures : [],
    }
  }),
]

/** A write of which only a part reached the disk goes as a whole (R-25). */
function endOf({ endAfter, torn }: { readonly endAfter: number; readonly torn: boolean }): string {
  return torn
    ? `an end of ${endAfter} (a write was torn there, and recovery cut off what had reached the disk of it)`
    : `an end of ${endAfter}`
}

function flushEach({ name }: TopicSpec): Cause['cures'][number] {
  return {
    text: 'flush.messages=1: every append is synced before it is acknowledged, at the price of a sync each',
    set: [`topics.${name}.config.flush.messages=1`],
  }
}

/** Of an ISR that had shrunk to the leader, acks=all asks no more than acks=1: the minimum has to say so. */
function acksAll(loss: Loss): Cause['cures'][number] {
  const { producer, topic } = loss
  const set = [`producers.${producer.name}.config.acks=all`]
  if (!wasAlone(loss) || topic.config['min.insync.replicas'] > 1) {
    return { text: 'acks=all: the leader then answers when all of the ISR has the record', set }
  }
  return {
    text: 'acks=all with min.insync.replicas=2: the leader then answers when another one has the record',
    set: [...set, `topics.${topic.name}.config.min.insync.replicas=2`],
  }
}
