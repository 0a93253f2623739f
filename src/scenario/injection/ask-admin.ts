// What faults ask of the cluster through its administrator, and what it answers, for the timeline.

import type { AdminClient } from '../../client/admin.ts'
import { errorName, Errors } from '../../protocol/error-codes.ts'
import type { PartitionName } from '../faults/fault-literals.ts'
import type { AdminAction } from '../faults/fault-model.ts'

/** `subject` is a partition or topic, `error` the error's name or null, `lowWatermark` that of a deletion, else −1. */
export type Answered = (subject: string, error: string | null, lowWatermark: number) => void

/** `all` are the partitions there are. `then` is called for each partition or topic. */
export function askAdmin(admin: AdminClient, action: AdminAction, all: readonly PartitionName[], then: Answered): void {
  const nameOf = (code: number) => (code === Errors.NONE ? null : errorName(code))
  const unanswered = (): void => {
    for (const subject of subjectsOf(action)) then(subject, 'no answer', -1)
  }
  switch (action.verb) {
    case 'add-partitions': {
      const { topic, to } = action
      admin.createPartitions([{ topic, count: to, assignment: [] }], (results) => {
        if (results === undefined) return unanswered()
        for (const { topic: name, errorCode } of results) then(name, nameOf(errorCode), -1)
      })
      return
    }
    case 'elect': {
      const { partitions, type } = action
      admin.electLeaders(type, partitions === 'all' ? null : partitions, (results) => {
        if (results === undefined) return unanswered()
        for (const { topic, partition, errorCode } of results) then(`${topic}-${partition}`, nameOf(errorCode), -1)
      })
      return
    }
    case 'alter-offsets': {
      const { group, topic, to } = action
      const offsets = all.filter((each) => each.topic === topic).map((each) => ({ ...each, offset: to }))
      admin.alterOffsets(group, offsets, (results) => {
        for (const { partition, errorCode } of results) {
          then(`${group} on ${topic}-${partition}`, nameOf(errorCode), -1)
        }
      })
      return
    }
    case 'delete-records': {
      const partitions = action.partitions === 'all' ? all : action.partitions
      const deletions = partitions.map(({ topic, partition }) => ({ topic, partition, beforeOffset: action.before }))
      admin.deleteRecords(deletions, (results) => {
        for (const { topic, partition, errorCode, lowWatermark } of results) {
          then(`${topic}-${partition}`, nameOf(errorCode), lowWatermark)
        }
      })
    }
  }
}

/** Names of what it is about. */
export function subjectsOf(action: AdminAction): string[] {
  if ('topic' in action) return [action.topic]
  if (action.partitions === 'all') return ['all partitions']
  return action.partitions.map(({ topic, partition }) => `${topic}-${partition}`)
}
