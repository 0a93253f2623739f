// What faults ask of the cluster through its administrator, and what it answers, for the timeline.

import type { AdminClient } from '../client/admin.ts'
import { errorName, Errors } from '../protocol/error-codes.ts'
import type { AdminAction } from './fault-model.ts'

/** `then` is called for each partition or topic: the error's name, or null. */
export function askAdmin(
  admin: AdminClient,
  action: AdminAction,
  then: (subject: string, error: string | null) => void,
): void {
  const nameOf = (code: number) => (code === Errors.NONE ? null : errorName(code))
  const unanswered = (): void => {
    for (const subject of subjectsOf(action)) then(subject, 'no answer')
  }
  if (action.verb === 'add-partitions') {
    const { topic, to } = action
    admin.createPartitions([{ topic, count: to, assignment: [] }], (results) => {
      if (results === undefined) return unanswered()
      for (const { topic: name, errorCode } of results) then(name, nameOf(errorCode))
    })
    return
  }
  const { partitions, type } = action
  admin.electLeaders(type, partitions === 'all' ? null : partitions, (results) => {
    if (results === undefined) return unanswered()
    for (const { topic, partition, errorCode } of results) then(`${topic}-${partition}`, nameOf(errorCode))
  })
}

/** Names of what it is about. */
export function subjectsOf(action: AdminAction): string[] {
  if (action.verb === 'add-partitions') return [action.topic]
  if (action.partitions === 'all') return ['all partitions']
  return action.partitions.map(({ topic, partition }) => `${topic}-${partition}`)
}
