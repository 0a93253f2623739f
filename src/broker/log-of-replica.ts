// The log that a replica has here, or where one that is new gets its log (KIP-858): in the directory that the controller has
// for it, or where there are fewest.

import type { LogConfig } from '../log/log-config.ts'
import type { PartitionLog } from '../log/partition-log.ts'
import { directoryOf, type PartitionState } from '../metadata/partition-state.ts'
import type { BrokerContext } from './broker-context.ts'

/** Undefined: the log may be in a directory that does not work, so there is to be no second one. */
export function logOf(context: BrokerContext, state: PartitionState, config: LogConfig): PartitionLog | undefined {
  const { logs, directoryIds, id } = context
  const { topic, index, topicId } = state
  const log = logs.get(topic, index)
  const found = logs.topicId(topic, index)
  if (log !== undefined && found === undefined) logs.adoptTopicId(topic, index, topicId)
  if (log !== undefined && (found === undefined || found === topicId)) return log
  // Of an earlier topic of that name, deleted while we were away (RB-42).
  if (log !== undefined) logs.delete(topic, index)
  const assigned = directoryOf(state, id)
  const dir = [...directoryIds].find(([, directoryId]) => directoryId === assigned)?.[0]
  const isOnline = dir !== undefined && logs.onlineDirs.includes(dir)
  if (assigned !== undefined && !isOnline && logs.onlineDirs.length < logs.dirs.length) return undefined
  return logs.create(topic, index, topicId, config, dir)
}
