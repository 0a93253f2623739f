// Why a cluster does not come to rest: whom it waits for is down, and the file says that it stays so.

import { NO_LEADER } from '../../../metadata/partition-state.ts'
import type { FaultSpec } from '../../faults/fault-model.ts'
import { formatDuration } from '../../text/units.ts'
import { placeOf } from '../../origins.ts'
import { type CauseRule, type FinishedRun, type Setting } from './cause.ts'

export const STUCK_RULES: readonly CauseRule[] = [
  {
    id: 'restart-loop',
    says: 'a broker that recovers its logs is killed by a probe before it is through, again and again',
    recognise: (mishap, run) => {
      if (mishap.kind !== 'stuck' || mishap.partition === undefined) return undefined
      const { partition } = mishap
      const waitsFor = (run.missingReplicas.get(partition) ?? []).map((id) => `broker-${id}`)
      const number = run.scenario.faults.findIndex(
        (fault) => fault.probeUs !== undefined && hitBy(fault, waitsFor, run).length > 0,
      )
      const fault = run.scenario.faults[number]
      if (fault?.probeUs === undefined) return undefined
      const [process = ''] = hitBy(fault, waitsFor, run)
      const recoveries = run.record.recoveries.filter(
        (each) => `broker-${each.broker}` === process && each.partition === partition && each.atUs > fault.atUs,
      )
      // One that never came so far waits for something else.
      if (recoveries.length < 2) return undefined
      const path = `faults.${number}.probe`
      return {
        key: `restart-loop ${fault.id}`,
        rule: 'restart-loop',
        happened:
          `${partition} waits for ${process}. After an unclean stop it reads its logs before it serves, and a probe kills it ` +
          `when it does not serve within ${formatDuration(fault.probeUs)}: it began ${recoveries.length} times. Recovery that ` +
          'was not finished counts for nothing: the recovery point stays where it was, and the next start reads the same.',
        because: [{ path, value: formatDuration(fault.probeUs), place: placeAt(path, run) }],
        cites: 'R-20, R-25',
        cures: [
          { text: 'a probe that waits longer than recovery takes', set: [] },
          { text: 'a shorter log.flush.offset.checkpoint.interval.ms, so that there is less to read', set: [] },
          { text: 'stops in order, after which nothing is recovered', set: [] },
        ],
      }
    },
  },
  {
    id: 'down-for-ever',
    says: 'who is waited for was taken down and is never brought back',
    recognise: (mishap, run) => {
      if (mishap.kind !== 'stuck') return undefined
      const { partition, process } = mishap
      const state = partition === undefined ? undefined : run.pasts.of(partition).states.at(-1)
      const leaderless = state !== undefined && state.leader === NO_LEADER
      const missing = partition === undefined ? [] : (run.missingReplicas.get(partition) ?? [])
      const brokers = leaderless ? state.isr : missing
      const waitsFor = [...brokers.map((id) => `broker-${id}`), ...(process === undefined ? [] : [process])]
      const behind = run.scenario.faults.flatMap((fault, number) => {
        const hit = fault.forever && cutsOff(fault) ? hitBy(fault, waitsFor, run) : []
        return hit.length === 0 ? [] : [{ fault, number, hit }]
      })
      const [first] = behind
      if (first === undefined) return undefined
      const hit = [...new Set(behind.flatMap((each) => each.hit))]
      const who = partition ?? process ?? ''
      const how = partition === undefined ? 'is not reached' : leaderless ? 'has no leader' : 'lacks members of its ISR'
      return {
        key: `down-for-ever ${first.fault.id}`,
        rule: 'down-for-ever',
        happened: `${who} ${how}: it waits for ${hit.join(', ')}, and the fault "${first.fault.text}" is never healed (forever).`,
        because: behind.map(({ fault, number }) => faultSetting(fault, number, run)),
        cites: 'R-97, R-99',
        cures: [{ text: 'a fault that ends: "for" instead of "forever"', set: [] }],
      }
    },
  },
]

const CUTTING: readonly string[] = [
  'kill', 'stop', 'sigterm', 'power-loss', 'pause', 'stall-disk', 'isolate', 'partition', 'clog', 'half-open', 'drop',
  'disk-full', 'disk-error',
] // prettier-ignore

function cutsOff({ action }: FaultSpec): boolean {
  return CUTTING.includes(action.verb)
}

function hitBy({ id }: FaultSpec, processes: readonly string[], { record }: FinishedRun): string[] {
  const hit = record.processesHitBy(id)
  return processes.filter((process) => hit.includes(process))
}

function faultSetting(fault: FaultSpec, number: number, run: FinishedRun): Setting {
  const path = `faults.${number}`
  return { path, value: fault.text, place: placeAt(path, run) }
}

function placeAt(path: string, { scenario }: FinishedRun): Setting['place'] {
  const origin = scenario.origins.at(path)
  return origin === undefined ? undefined : placeOf(origin)
}
