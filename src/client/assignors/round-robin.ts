// roundrobin: all partitions of all topics dealt out in turn, past members that do not subscribe to the topic.

import {
  type Assignments,
  type Assignor,
  byInstanceThenId,
  type GroupMember,
  known,
  subscribedTopics,
  type TopicRacks,
} from './assignor.ts'

export class RoundRobinAssignor implements Assignor {
  readonly name = 'roundrobin'
  readonly protocols = ['eager'] as const

  userData(): null {
    return null
  }

  onAssignment(): void {}

  assign(topics: TopicRacks, members: readonly GroupMember[]): Assignments {
    const assignments: Assignments = new Map(members.map(({ memberId }) => [memberId, []]))
    const circle = [...members].sort(byInstanceThenId)
    let next = 0
    const wants = (topic: string) => circle[next]?.subscription.topics.includes(topic)
    for (const topic of subscribedTopics(topics, members)) {
      const count = topics.get(topic)?.length ?? 0
      for (let partition = 0; partition < count; partition++) {
        while (!wants(topic)) next = (next + 1) % circle.length
        assignments.get(known(circle[next], 'a member').memberId)?.push({ topic, partition })
        next = (next + 1) % circle.length
      }
    }
    return assignments
  }
}
