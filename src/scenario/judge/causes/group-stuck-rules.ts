// Why a group does not come to rest, or does so late: nobody can coordinate it; or its members work for so long that they
// leave the group over it, or are not done in time, or work off what has piled up hardly faster than more of it comes.

import { groupPartition } from '../../../group/group-partition.ts'
import { formatDuration } from '../../text/units.ts'
import type { GroupSpec, Scenario } from '../../model.ts'
import { at, type CauseRule, clusterSetting, groupSetting } from './cause.ts'

const FACTOR = 'offsets.topic.replication.factor'
/** It has to have been behind by so much, in seconds of what it works off, for that to be the reason. */
const MOST = 0.5

export const GROUP_STUCK_RULES: readonly CauseRule[] = [
  {
    id: 'no-coordinator',
    says: 'a group never got a coordinator, because __consumer_offsets needs more brokers than there are',
    recognise: (mishap, { scenario, pasts }) => {
      if (mishap.kind !== 'stuck' || mishap.group === undefined) return undefined
      const factor = scenario.brokers[0]?.config[FACTOR] ?? 0
      const brokers = scenario.brokers.length
      if (pasts.of(homeOf(scenario, mishap.group)).states.length > 0 || factor <= brokers) return undefined
      const there = `${brokers} ${brokers === 1 ? 'broker' : 'brokers'}`
      return {
        key: `no-coordinator ${mishap.group}`,
        rule: 'no-coordinator',
        happened:
          `${mishap.group} asked for its coordinator and never got one. Whoever leads its partition of __consumer_offsets would be ` +
          `it; but the topic is to have ${factor} replicas, there ${brokers === 1 ? 'is' : 'are'} ${there}, and so it was never created.`,
        because: [clusterSetting(scenario, `cluster.config.${FACTOR}`, factor)],
        cites: 'G-1, G-5',
        cures: [
          {
            text: `${FACTOR}=${brokers}: as many replicas as there are brokers`,
            set: [`cluster.config.${FACTOR}=${brokers}`],
          },
        ],
      }
    },
  },
  {
    id: 'left-while-working',
    says: 'a group waits for members that left it, for they work longer than max.poll.interval.ms on what a poll returned',
    recognise: (mishap, { scenario, groupHistory }) => {
      if (mishap.kind !== 'stuck') return undefined
      const group = scenario.groups.find(({ name }) => name === mishap.group)
      if (group === undefined) return undefined
      const { left, assigned } = groupHistory
      const away = left.filter(
        (one) =>
          one.group === group.name &&
          one.reason.includes('poll timeout') &&
          !assigned.some(({ client, atUs }) => client === one.client && atUs > one.atUs),
      )
      const [first] = away
      if (first === undefined) return undefined
      const who = [...new Set(away.map(({ client }) => client))]
      return {
        key: `left-while-working ${group.name}`,
        rule: 'left-while-working',
        happened:
          `At ${at(first.atUs)} ${first.client} had not polled for max.poll.interval.ms, for it worked on what its last poll had ` +
          `returned, and its heartbeat thread left the group. It joins again at its next poll, and until the end there was none` +
          `${who.length > 1 ? ` (so did ${who.slice(1).join(', ')})` : ''}.`,
        because: [
          groupSetting(scenario, group, 'max.poll.interval.ms'),
          groupSetting(scenario, group, 'max.poll.records'),
        ],
        cites: 'C-11',
        cures: [{ text: 'fewer records a poll, or a longer interval: the work on them has to end within it', set: [] }],
      }
    },
  },
  {
    id: 'works-too-slowly',
    says: 'a group does not catch up in the time that there is, for the work on what has piled up takes longer',
    recognise: (mishap, { scenario, groups }) => {
      if (mishap.kind !== 'stuck') return undefined
      const group = scenario.groups.find(({ name }) => name === mishap.group)
      const { atUs = [], records = [] } = groups.get(group?.name ?? '')?.lag ?? {}
      const peak = highest(records, 0, records.length - 1)
      if (group === undefined || peak === undefined) return undefined
      const [workUs, lanes] = [leastWorkUs(group), lanesOf(group, scenario)]
      const [piledUp, rest] = [records[peak] ?? 0, records.at(-1) ?? 0]
      const [peakUs, endUs] = [atUs[peak] ?? 0, atUs.at(-1) ?? 0]
      // Not even if everybody had worked all the time.
      if (rest === 0 || (piledUp * workUs) / lanes <= endUs - peakUs) return undefined
      const each = formatDuration(workUs)
      return {
        key: `works-too-slowly ${group.name}`,
        rule: 'works-too-slowly',
        happened:
          `At ${at(peakUs)} ${group.name} was ${piledUp} records behind. Its application works on each for ${each} or longer, on ` +
          `${lanes} at a time, which makes ${at((piledUp * workUs) / lanes)}; the run ended ${at(endUs - peakUs)} later, with ${rest} left.`,
        because: [clusterSetting(scenario, `consumers.${group.name}.process`, each)],
        cites: 'C-1, C-3',
        cures: [
          {
            text: 'more members, as long as there are partitions for them, less work on a record, or a longer settle',
            set: [],
          },
        ],
      }
    },
  },
  {
    id: 'works-off-slowly',
    says: 'a group caught up late, for it works off what has piled up hardly faster than more comes',
    recognise: (mishap, { scenario, groups }) => {
      if (mishap.kind !== 'late') return undefined
      const group = scenario.groups.find(({ name }) => name === mishap.group)
      const { lag } = groups.get(mishap.group) ?? { lag: { atUs: [], records: [] } }
      const first = lag.atUs.findIndex((atUs) => atUs >= mishap.fromUs)
      const last = lag.atUs.findLastIndex((atUs) => atUs <= mishap.untilUs)
      // From where most had piled up: until then it had not begun, or more came than it could work off.
      const peak = highest(lag.records, first, last)
      if (group === undefined || peak === undefined) return undefined
      const peakUs = lag.atUs[peak] ?? 0
      const records = (lag.records[peak] ?? 0) - (lag.records[last] ?? 0)
      const tookUs = mishap.untilUs - peakUs
      if (records <= 0 || tookUs < MOST * (mishap.untilUs - mishap.fromUs)) return undefined
      const perSecond = Math.round((records / tookUs) * 1e6)
      return {
        key: `works-off-slowly ${group.name}`,
        rule: 'works-off-slowly',
        happened:
          `At ${at(peakUs)} ${group.name} was ${records} records behind. Its ${group.members} ${group.members === 1 ? 'member' : 'members'} got through ${perSecond} a ` +
          `second more than came, and so it had caught up at ${at(mishap.untilUs)}.`,
        because: [groupSetting(scenario, group, 'max.poll.records')],
        cites: 'C-1, C-3',
        cures: [{ text: 'more members, as long as there are partitions for them, or less work on a record', set: [] }],
      }
    },
  },
]

/** The partition of __consumer_offsets whose leader coordinates the group. */
export function homeOf({ brokers }: Scenario, group: string): string {
  const count = brokers[0]?.config['offsets.topic.num.partitions'] ?? 1
  return `__consumer_offsets-${groupPartition(group, count)}`
}

/** On any record but those that are slow. */
function leastWorkUs({ processUs }: GroupSpec): number {
  return typeof processUs === 'number' ? processUs : (processUs.values[0] ?? 0)
}

/** How many records of different partitions can be worked on at a time. */
function lanesOf({ topics, members, workers }: GroupSpec, scenario: Scenario): number {
  const partitions = scenario.topics.filter(({ name }) => topics.includes(name)).map((topic) => topic.partitions)
  const owners = Math.min(
    members,
    partitions.reduce((sum, count) => sum + count, 0),
  )
  return Math.max(1, owners) * (workers?.count ?? 1)
}

function highest(values: readonly number[], from: number, to: number): number | undefined {
  if (from < 0 || to < from) return undefined
  let index = from
  for (let i = from; i <= to; i++) if ((values[i] ?? 0) > (values[index] ?? 0)) index = i
  return index
}
