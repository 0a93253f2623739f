// What only some expectations ask for, and what costs a pass over everything: looked for when it is asked for.

import { checkAudiences } from '../../history/audiences.ts'
import type { History } from '../../history/history.ts'
import { checkKeyOrder, keyedRecordsOf } from '../../history/key-order.ts'
import { isMember } from '../../history/redeliveries.ts'
import { tablesOfReaders } from '../../history/resurrected-keys.ts'
import type { SimulatedCluster } from '../cluster/simulated-cluster.ts'
import { finalLogs, leaderLogs } from './final-state.ts'
import type { Evidence } from './judge.ts'
import type { GroupEvidence } from './judge-groups.ts'
import type { RunRecord } from './run-record.ts'

/** `caughtUp`: readers in no group that have read everything. */
export function findingsOnDemand(
  cluster: SimulatedCluster,
  history: History,
  record: RunRecord,
  groups: ReadonlyMap<string, GroupEvidence>,
  caughtUp: ReadonlySet<string>,
): Pick<Evidence, 'audiences' | 'tables' | 'keyOrder'> {
  const names = [...groups.keys()]
  const done = [...groups].filter(([, { caughtUpAtUs }]) => caughtUpAtUs !== undefined).map(([name]) => name)
  return {
    audiences: () => {
      const audienceOf = (consumer: string) => names.find((name) => isMember(consumer, name)) ?? consumer
      return checkAudiences(history, finalLogs(cluster, record), audienceOf, new Set([...caughtUp, ...done]))
    },
    tables: () => tablesOfReaders(history, (consumer) => names.some((name) => isMember(consumer, name))),
    keyOrder: () => {
      const logs = [...leaderLogs(cluster)].map(([key, log]) => [key, keyedRecordsOf(log)] as const)
      return checkKeyOrder(new Map(logs))
    },
  }
}
