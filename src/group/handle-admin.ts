// DescribeGroups, ListGroups, DeleteGroups at the door: groups of several shards in one request, answered when all are.

import type { ServerRequest } from '../network/request-server.ts'
import { Errors } from '../protocol/error-codes.ts'
import {
  type DeletedGroup,
  deleteGroups,
  type DescribedGroup,
  describeGroup,
  type ListedGroup,
  listGroups,
  notDeleted,
  undescribed,
} from './group-admin.ts'
import type { Shard } from './shard.ts'
import type { Shards } from './shards.ts'

export function handleDescribeGroups(shards: Shards, request: ServerRequest): void {
  const { groups } = request.bodyAs('DescribeGroups')
  const respond = (described: readonly DescribedGroup[]) =>
    request.respond('DescribeGroups', { throttleTimeMs: 0, groups: described })
  const all = new Gathered<DescribedGroup>(groups.length, respond)
  for (const groupId of groups) {
    const refuse = (errorCode: number) => all.add([undescribed(groupId, errorCode)])
    const shard = shards.shardOf(groupId)
    if (shard === undefined) refuse(Errors.NOT_COORDINATOR)
    else {
      shard.operate('describe-group', refuse, (state) => {
        all.add([describeGroup(state, groupId, request.version)])
        return undefined
      })
    }
  }
}

/** All groups of this broker. A shard that is not in office any more has none. */
export function handleListGroups(shards: Shards, request: ServerRequest): void {
  const { statesFilter, typesFilter } = request.bodyAs('ListGroups')
  let failure: number = Errors.NONE
  const own = shards.all()
  const all = new Gathered<ListedGroup>(own.length, (listed) =>
    request.respond('ListGroups', {
      throttleTimeMs: 0,
      errorCode: failure,
      groups: failure === Errors.NONE ? listed : [],
    }),
  )
  for (const shard of own) {
    const refuse = (errorCode: number) => {
      if (errorCode !== Errors.NOT_COORDINATOR) failure = errorCode
      all.add([])
    }
    shard.operate('list-groups', refuse, (state) => {
      all.add(listGroups(state, statesFilter, typesFilter))
      return undefined
    })
  }
}

export function handleDeleteGroups(shards: Shards, request: ServerRequest): void {
  const { groupsNames } = request.bodyAs('DeleteGroups')
  const byShard = new Map<Shard | undefined, string[]>()
  for (const groupId of new Set(groupsNames)) {
    const shard = shards.shardOf(groupId)
    byShard.set(shard, [...(byShard.get(shard) ?? []), groupId])
  }
  const all = new Gathered<DeletedGroup>(byShard.size, (results) =>
    request.respond('DeleteGroups', { throttleTimeMs: 0, results }),
  )
  for (const [shard, groupIds] of byShard) {
    const refuse = (errorCode: number) => all.add(notDeleted(groupIds, errorCode))
    if (shard === undefined) refuse(Errors.NOT_COORDINATOR)
    else shard.operate('delete-groups', refuse, (state) => deleteGroups(state, groupIds, (results) => all.add(results)))
  }
}

/** Answers of several shards, given on when the last has come. */
class Gathered<T> {
  private readonly items: T[] = []
  private readonly done: (items: readonly T[]) => void
  private missing: number

  constructor(parts: number, done: (items: readonly T[]) => void) {
    this.missing = parts
    this.done = done
    if (parts === 0) done([])
  }

  add(items: readonly T[]): void {
    this.items.push(...items)
    this.missing -= 1
    if (this.missing === 0) this.done(this.items)
  }
}
