// Why the application of a group was handed a record again: a member had it, and its partitions went to another before
// what it had done was committed.

import type { Handover } from '../../../history/redeliveries.ts'
import type { GroupSpec } from '../../model.ts'
import { at, type CauseRule, type FinishedRun, groupSetting, type Mishap } from './cause.ts'

export const GROUP_RULES: readonly CauseRule[] = [
  {
    id: 'session-ended',
    says: 'a member was silent for its whole session, and what it had in hand went to another',
    recognise: (mishap, run) => {
      const found = membersOf(mishap, run)
      if (found === undefined) return undefined
      const { group, first, again } = found
      const out = run.groupHistory.thrownOut.find((one) => one.why === 'expired' && isBehind(found, run, one))
      if (out === undefined) return undefined
      return {
        key: `session-ended ${group.name}`,
        rule: 'session-ended',
        happened:
          `${found.record} was handed to ${first.member} at ${at(first.atUs)} and to ${again.member} at ${at(again.atUs)}. ` +
          `The coordinator had heard nothing of ${out.client} for its whole session and gave its partitions away at ` +
          `${at(out.atUs)}: what ${out.client} had in hand and had not committed, others were handed, too.`,
        because: [groupSetting(run.scenario, group, 'session.timeout.ms')],
        cites: 'G-31, C-16, D-2',
        cures: [
          {
            text: 'a session longer than the silence (a pause, a restart) keeps its partitions for it; a dead member is then noticed later',
            set: [],
          },
          {
            text: 'a handler that knows what it has done (by key, or by offset) does no harm the second time',
            set: [],
          },
        ],
      }
    },
  },
  {
    id: 'poll-interval-exceeded',
    says: 'a member left its group because its application polled too late',
    recognise: (mishap, run) => {
      const found = membersOf(mishap, run)
      if (found === undefined) return undefined
      const { group, first, again } = found
      const left = run.groupHistory.left.find((one) => one.reason.includes('poll timeout') && isBehind(found, run, one))
      if (left === undefined) return undefined
      const intervalMs = group.config['max.poll.interval.ms']
      const { processUs } = group
      const usualUs = typeof processUs === 'number' ? processUs : (processUs.values.at(-1) ?? 0)
      const fits = usualUs === 0 ? 0 : Math.floor((intervalMs * 1000) / usualUs / 2)
      return {
        key: `poll-interval-exceeded ${group.name}`,
        rule: 'poll-interval-exceeded',
        happened:
          `${found.record} was handed to ${first.member} at ${at(first.atUs)} and to ${again.member} at ${at(again.atUs)}. ` +
          `The application of ${left.client} worked on what one poll had returned for longer than max.poll.interval.ms, so ` +
          `its heartbeat thread left the group at ${at(left.atUs)}, and its partitions went to others before it could commit.`,
        because: [
          groupSetting(run.scenario, group, 'max.poll.interval.ms'),
          groupSetting(run.scenario, group, 'max.poll.records'),
        ],
        cites: 'C-11, C-16, C-18',
        cures: [
          {
            text: 'fewer records a poll: the work on them then ends within half of the interval',
            set: fits >= 1 ? [`consumers.${group.name}.config.max.poll.records=${fits}`] : [],
          },
        ],
      }
    },
  },
]

interface Found {
  readonly group: GroupSpec
  readonly record: string
  readonly first: Handover
  readonly again: Handover
}

function membersOf(mishap: Mishap, { scenario }: FinishedRun): Found | undefined {
  if (mishap.kind !== 'redelivered') return undefined
  const group = scenario.groups.find(({ name }) => name === mishap.group)
  if (group === undefined) return undefined
  const { client, n, partition, handed } = mishap.record
  const [first, again] = handed
  return { group, record: `${client}#${n} of ${partition}`, first, again }
}

interface Gone {
  readonly group: string
  readonly client: string
  readonly atUs: number
}

/**
 * Did this member's going let the record be handed over again? It had it and went, and another got it; or it had gone, knew
 * nothing of it, and handed over what it still had in hand.
 */
function isBehind({ group, first, again }: Found, { groupHistory }: FinishedRun, gone: Gone): boolean {
  if (gone.group !== group.name || gone.atUs > again.atUs) return false
  if (gone.client === first.member && gone.atUs >= first.atUs) return true
  const isBack = groupHistory.assigned.some(
    ({ group: of, client, atUs }) =>
      of === group.name && client === gone.client && atUs > gone.atUs && atUs <= again.atUs,
  )
  return gone.client === again.member && !isBack
}
