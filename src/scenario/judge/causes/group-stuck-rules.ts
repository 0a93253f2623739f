// Why a group does not come to rest, or does so late: nobody can coordinate it; or its members work off what has piled up
// hardly faster than more of it comes.

import { groupPartition } from '../../../group/group-partition.ts'
import type { Scenario } from '../../model.ts'
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

function highest(values: readonly number[], from: number, to: number): number | undefined {
  if (from < 0 || to < from) return undefined
  let index = from
  for (let i = from; i <= to; i++) if ((values[i] ?? 0) > (values[index] ?? 0)) index = i
  return index
}
