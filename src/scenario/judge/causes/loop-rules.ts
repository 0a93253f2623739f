// Why a group rebalances again and again: one member, or several, that the group cannot do with or without.

import { type RebalanceLoop, tellOfLoop } from '../../../history/rebalance-loops.ts'
import type { GroupSpec, Scenario } from '../../model.ts'
import { at, type Cause, type CauseRule, groupSetting } from './cause.ts'

type Told = Pick<Cause, 'because' | 'cites' | 'cures'> & { readonly how: string }

export const LOOP_RULES: readonly CauseRule[] = [
  loopRule(
    'loop-of-late-polls',
    'poll-interval',
    'a group rebalances again and again, for members work longer than max.poll.interval.ms on what a poll returns',
    (scenario, group) => ({
      how:
        'Work on what one poll returned took longer than max.poll.interval.ms. The heartbeat thread left the group, the others ' +
        'rebalanced; at its next poll the member joined again, which is another rebalance, and was handed as much work as before.',
      because: [
        groupSetting(scenario, group, 'max.poll.interval.ms'),
        groupSetting(scenario, group, 'max.poll.records'),
      ],
      cites: 'C-11, G-26',
      cures: fewerRecords(group),
    }),
  ),
  loopRule(
    'loop-of-sessions',
    'session',
    'a group rebalances again and again, for members are silent for longer than their session',
    (scenario, group) => ({
      how:
        'The coordinator heard nothing of a member for session.timeout.ms (it stood still, or was cut off) and went on without ' +
        'it; when it was heard of again it had to join anew: two rebalances each time.',
      because: [
        groupSetting(scenario, group, 'session.timeout.ms'),
        groupSetting(scenario, group, 'heartbeat.interval.ms'),
      ],
      cites: 'G-31, C-10',
      cures: [
        {
          text: 'a session longer than the silence: nobody rebalances, and the partitions wait for their member',
          set: [],
        },
      ],
    }),
  ),
  loopRule(
    'loop-of-crashes',
    'crash',
    'a group rebalances again and again, for a member dies and comes back',
    (scenario, group, { detail }) => ({
      how:
        'Each time that a process dies the group waits for the end of its session and rebalances without it, and once more ' +
        `when it is started again.${detail === '' ? '' : ` It died of: ${detail}.`}`,
      because: [groupSetting(scenario, group, 'session.timeout.ms')],
      cites: 'G-31, G-18',
      cures:
        group.config['group.instance.id'] === null
          ? [
              {
                text: 'static members (group.instance.id): who is back before its session ends has its place still, and nobody rebalances',
                set: [`consumers.${group.name}.config.group.instance.id=${group.name}-{index}`],
              },
            ]
          : [],
    }),
  ),
  loopRule(
    'loop-of-restarts',
    'comes-and-goes',
    'a group rebalances again and again, for members are stopped and started',
    () => ({
      how: 'A member that is stopped leaves the group, and one that is started joins it: each is a rebalance of all the others.',
      because: [],
      cites: 'G-18, C-22',
      cures: [
        {
          text: 'fewer changes of how many members there are: scale by larger steps, and wait before the next',
          set: [],
        },
      ],
    }),
  ),
  loopRule(
    'loop-of-metadata',
    'metadata',
    'a group rebalances again and again, for the topics that it reads change',
    () => ({
      how:
        'A leader joins again when its topics are not what they were when it assigned them, and a member when it subscribes to ' +
        'something else: each time everybody does.',
      because: [],
      cites: 'C-14, G-18',
      cures: [{ text: 'topics that are made at once with all their partitions, and subscriptions that stay', set: [] }],
    }),
  ),
]

function loopRule(
  id: string,
  kind: RebalanceLoop['kind'],
  says: string,
  tell: (scenario: Scenario, group: GroupSpec, loop: RebalanceLoop) => Told,
): CauseRule {
  return {
    id,
    says,
    recognise: (mishap, { scenario }) => {
      if (mishap.kind !== 'rebalance-loop' || mishap.loop.kind !== kind) return undefined
      const { loop } = mishap
      const group = scenario.groups.find(({ name }) => name === loop.group)
      if (group === undefined) return undefined
      const { how, ...rest } = tell(scenario, group, loop)
      return {
        key: `${id} ${group.name}`,
        rule: id,
        happened: `From ${at(loop.fromUs)} to ${at(loop.untilUs)} ${group.name} went round: ${tellOfLoop(loop)}. ${how}`,
        ...rest,
      }
    },
  }
}

/** Half of the interval is for what else takes time. */
function fewerRecords({ name, config, processUs }: GroupSpec): Cause['cures'] {
  const usualUs = typeof processUs === 'number' ? processUs : (processUs.values.at(-1) ?? 0)
  const fits = usualUs === 0 ? 0 : Math.floor((config['max.poll.interval.ms'] * 1000) / usualUs / 2)
  const text = 'fewer records a poll, or a longer interval: the work on them has to end within it'
  return [{ text, set: fits >= 1 ? [`consumers.${name}.config.max.poll.records=${fits}`] : [] }]
}
