// Who belongs to a group, by what coordinators said of comings and goings: kept beside what they say of the group itself.

import type { GroupChanged, GroupMemberChanged } from '../trace/group-event.ts'

interface Roll {
  readonly members: Set<string>
  /** Instance id → member id. */
  readonly instances: Map<string, string>
  /** Ids that another took the place of, and when. */
  readonly fenced: Map<string, number>
}

export class GroupMembers {
  private readonly rolls = new Map<string, Roll>()

  of(broker: number, group: string): Roll {
    const key = `${broker}/${group}`
    let roll = this.rolls.get(key)
    if (roll === undefined) {
      roll = { members: new Set(), instances: new Map(), fenced: new Map() }
      this.rolls.set(key, roll)
    }
    return roll
  }

  /** A group that came to be, or was loaded, has the members it is said to have. */
  changed({ broker, group, from, members }: GroupChanged): void {
    if (from !== null) return
    this.rolls.delete(`${broker}/${group}`)
    const roll = this.of(broker, group)
    for (const member of members) roll.members.add(member)
  }

  memberChanged({ broker, group, member, instance, change }: GroupMemberChanged, ordinal: number): void {
    const { members, instances, fenced } = this.of(broker, group)
    switch (change) {
      case 'joined':
      case 'replaced': {
        const former = instance === null ? undefined : instances.get(instance)
        if (change === 'replaced' && former !== undefined && former !== member) {
          members.delete(former)
          fenced.set(former, ordinal)
        }
        fenced.delete(member)
        members.add(member)
        if (instance !== null) instances.set(instance, member)
        return
      }
      case 'left':
      case 'expired':
      case 'removed':
        members.delete(member)
        if (instance !== null) instances.delete(instance)
        return
      case 'given-id':
      case 'absent':
        return
      default:
        change satisfies never
    }
  }
}
