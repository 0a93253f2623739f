// kafkajs's only assignor: all partitions of the topics that its leader subscribes to, dealt out in turn to the members in
// order of their ids, whatever each of these subscribes to. Its members drop what they did not ask for; what only others ask
// for nobody gets. Its name is its own, so a group cannot have members of kafkajs and of other clients.

import { type Assignments, type Assignor, type GroupMember, subscribedTopics, type TopicRacks } from './assignor.ts'

export class KafkaJsRoundRobinAssigner implements Assignor {
  readonly name = 'RoundRobinAssigner'
  readonly protocols = ['eager'] as const

  userData(): null {
    return null
  }

  onAssignment(): void {}

  assign(topics: TopicRacks, members: readonly GroupMember[], own?: readonly string[]): Assignments {
    const ids = members.map(({ memberId }) => memberId).toSorted()
    const assignments: Assignments = new Map(ids.map((id) => [id, []]))
    let next = 0
    for (const topic of subscribedTopics(topics, members)) {
      if (own?.includes(topic) === false) continue
      const count = topics.get(topic)?.length ?? 0
      for (let partition = 0; partition < count; partition++) {
        assignments.get(ids[next % ids.length] ?? '')?.push({ topic, partition })
        next += 1
      }
    }
    return assignments
  }
}
