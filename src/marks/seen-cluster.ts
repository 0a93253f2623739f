// What marks remember of what happened before: little, and for each replica only what events said of it.

import type { ClusterView, ObservedReplica } from '../invariants/cluster-view.ts'
import type { GroupChanged } from '../trace/group-event.ts'
import type { KafkaEvent, PartitionChanged } from '../trace/kafka-event.ts'

export class SeenReplica {
  role: 'leader' | 'follower' | 'none' = 'none'
  leader = -1
  leaderEpoch = -1
  /** The replica when its role last changed: of a process that died, as it was in the end. */
  state: ObservedReplica | undefined = undefined
  hasLed = false
  /** Its last request to change the ISR was refused. */
  wasRefused = false
}

export class SeenCluster {
  private readonly view: ClusterView
  private readonly committed = new Map<string, PartitionChanged>()
  private readonly replicas = new Map<string, Map<number, SeenReplica>>()
  private readonly brokers = new Map<number, string>()
  private readonly groups = new Map<string, GroupChanged>()
  /** Offsets of batches that rotted, by partition and process. */
  private readonly rots = new Map<string, { readonly first: number; readonly last: number }[]>()

  constructor(view: ClusterView) {
    this.view = view
  }

  /** What the controller had committed; undefined before the first time. */
  partition(key: string): PartitionChanged | undefined {
    return this.committed.get(key)
  }

  replica(key: string, broker: number): SeenReplica {
    let ofPartition = this.replicas.get(key)
    if (ofPartition === undefined) {
      ofPartition = new Map()
      this.replicas.set(key, ofPartition)
    }
    let replica = ofPartition.get(broker)
    if (replica === undefined) {
      replica = new SeenReplica()
      ofPartition.set(broker, replica)
    }
    return replica
  }

  /** What the controller said of the broker last; undefined before that. */
  brokerState(broker: number): string | undefined {
    return this.brokers.get(broker)
  }

  /** What the newest coordinator of a group said of it last; undefined before the first time. */
  group(name: string): GroupChanged | undefined {
    return this.groups.get(name)
  }

  /** Batches of this replica of which a bit changed. */
  rotsOf(key: string, broker: number): readonly { readonly first: number; readonly last: number }[] {
    return this.rots.get(`${key} broker-${broker}`) ?? []
  }

  /** The replica itself, in the midst of the event. */
  stateOf(key: string, broker: number): ObservedReplica | undefined {
    return this.view.partitionsOf(broker)?.get(key)
  }

  /** The events that `note` wants. */
  static readonly HEARS = [
    'partition-changed',
    'role-changed',
    'isr-view-changed',
    'log-recovered',
    'broker-state-changed',
    'topic-deleted',
    'group-changed',
    'bytes-rotted',
  ] as const

  /** After all marks have looked at it. */
  note(event: KafkaEvent): void {
    switch (event.type) {
      case 'partition-changed':
        this.committed.set(event.partition, event)
        return
      case 'role-changed': {
        const replica = this.replica(event.partition, event.broker)
        replica.role = event.role
        replica.leader = event.leader
        replica.leaderEpoch = event.leaderEpoch
        replica.state = this.stateOf(event.partition, event.broker)
        replica.hasLed ||= event.role === 'leader'
        return
      }
      case 'isr-view-changed':
        this.replica(event.partition, event.broker).wasRefused = event.change === 'rejected'
        return
      case 'log-recovered': {
        // A new process: it has no role yet.
        const replica = this.replica(event.partition, event.broker)
        replica.role = 'none'
        replica.leaderEpoch = -1
        replica.state = undefined
        return
      }
      case 'broker-state-changed':
        this.brokers.set(event.broker, event.state)
        return
      case 'group-changed':
        if ((this.groups.get(event.group)?.epoch ?? -1) <= event.epoch) this.groups.set(event.group, event)
        return
      case 'bytes-rotted': {
        if (event.partition === null || event.firstOffset < 0) return
        const key = `${event.partition} ${event.process}`
        this.rots.set(key, [...(this.rots.get(key) ?? []), { first: event.firstOffset, last: event.lastOffset }])
        return
      }
      case 'topic-deleted':
        // One of the same name begins anew.
        for (let i = 0; i < event.partitions; i++) {
          this.committed.delete(`${event.topic}-${i}`)
          this.replicas.delete(`${event.topic}-${i}`)
        }
        return
      default:
        return
    }
  }
}
