// Watches for what a fault waits for, on those trace events alone that can bring it about. States (an ISR, a leader, an
// epoch, a group's), once looked for, may hold already; a record or another fault may have come this far before; but that a
// broker is fenced or unfenced, a rebalance begins or a member is told is something that happens, and counts only from then on.

import { unreachable } from '../../../sim/index.ts'
import type { GroupChanged } from '../../trace/group-event.ts'
import type { KafkaEvent } from '../../trace/kafka-event.ts'
import type { SimulatedCluster } from '../cluster/simulated-cluster.ts'
import { compare, type Trigger } from '../faults/trigger.ts'

type Sort = KafkaEvent['type']

const EVENT_OF_STEP = {
  appended: 'log-appended',
  acked: 'produce-completed',
  committed: 'high-watermark-changed',
} as const

export class TriggerWatch {
  private readonly trigger: Trigger
  private readonly cluster: SimulatedCluster
  private readonly onHolds: () => void
  private readonly partition: string
  private readonly stopListening: () => void
  private armed = false
  /** What does not become untrue again has come true. */
  private settled = false
  /** The last that was heard of the group from a coordinator in office. */
  private group: GroupChanged | undefined

  /** `onHolds` is called once, within the event that made it so. */
  constructor(trigger: Trigger, cluster: SimulatedCluster, onHolds: () => void) {
    this.trigger = trigger
    this.cluster = cluster
    this.onHolds = onHolds
    this.partition = 'topic' in trigger ? `${trigger.topic}-${trigger.partition}` : ''
    this.stopListening = cluster.world.trace.subscribe(sortsOf(trigger), (event) => this.look(event))
  }

  /** From now on it counts. */
  arm(): void {
    this.armed = true
    if (this.settled || this.holdsNow()) this.tell()
  }

  stop(): void {
    this.stopListening()
  }

  private look(event: KafkaEvent): void {
    if (event.type === 'group-changed' && !this.heardOfGroup(event)) return
    if (this.settled || !this.isMadeTrueBy(event)) return
    this.settled = this.trigger.kind === 'record' || this.trigger.kind === 'fault'
    if (this.armed) this.tell()
  }

  private tell(): void {
    this.stopListening()
    this.onHolds()
  }

  /** As the controller sees it. */
  private holdsNow(): boolean {
    const { trigger } = this
    switch (trigger.kind) {
      case 'record':
      case 'broker':
      case 'fault':
      case 'joining':
      case 'member':
        return false
      case 'group-state':
      case 'generation':
        return this.group !== undefined && groupHolds(trigger, this.group)
      default: {
        const state = this.cluster.metadata?.partition(trigger.topic, trigger.partition)
        return state !== undefined && stateHolds(trigger, state)
      }
    }
  }

  /** Who has lost its office, and does not know, says nothing of the group. */
  private heardOfGroup(event: GroupChanged): boolean {
    if (!('group' in this.trigger) || event.group !== this.trigger.group) return false
    if (this.group !== undefined && event.epoch < this.group.epoch) return false
    this.group = event
    return true
  }

  private isMadeTrueBy(event: KafkaEvent): boolean {
    const { trigger } = this
    switch (trigger.kind) {
      case 'isr':
      case 'isr-size':
      case 'epoch':
      case 'leader':
        return event.type === 'partition-changed' && event.partition === this.partition && stateHolds(trigger, event)
      case 'record':
        return 'partition' in event && event.partition === this.partition && reaches(event, trigger.offset)
      case 'broker':
        return event.type === 'broker-state-changed' && event.broker === trigger.broker && event.state === trigger.state
      case 'fault':
        return (event.type === 'fault-applied' || event.type === 'fault-healed') && event.fault === trigger.id
      case 'joining':
        return event.type === 'group-changed' && event.from !== null && event.to === 'PreparingRebalance'
      case 'group-state':
      case 'generation':
        return event.type === 'group-changed' && groupHolds(trigger, event)
      case 'member':
        return isTold(trigger, event)
      default:
        return unreachable(trigger, 'trigger')
    }
  }
}

function sortsOf(trigger: Trigger): Sort[] {
  switch (trigger.kind) {
    case 'isr':
    case 'isr-size':
    case 'epoch':
    case 'leader':
      return ['partition-changed']
    case 'record':
      return [EVENT_OF_STEP[trigger.step]]
    case 'broker':
      return ['broker-state-changed']
    case 'fault':
      return [trigger.state === 'fired' ? 'fault-applied' : 'fault-healed']
    case 'joining':
    case 'group-state':
    case 'generation':
      return ['group-changed']
    case 'member':
      return [trigger.told === 'assigned' ? 'partitions-assigned' : 'partitions-revoked']
    default:
      return unreachable(trigger, 'trigger')
  }
}

function stateHolds(
  trigger: Extract<Trigger, { kind: 'isr' | 'isr-size' | 'epoch' | 'leader' }>,
  state: { readonly isr: readonly number[]; readonly leader: number; readonly leaderEpoch: number },
): boolean {
  switch (trigger.kind) {
    case 'isr': {
      const { members } = trigger
      const same = state.isr.length === members.length && state.isr.every((id) => members.includes(id))
      return same === trigger.equal
    }
    case 'isr-size':
      return compare(state.isr.length, trigger.comparator, trigger.value)
    case 'epoch':
      return compare(state.leaderEpoch, trigger.comparator, trigger.value)
    case 'leader':
      return (state.leader === trigger.leader) === trigger.equal
    default:
      return unreachable(trigger, 'trigger')
  }
}

function groupHolds(trigger: Extract<Trigger, { kind: 'group-state' | 'generation' }>, group: GroupChanged): boolean {
  if (trigger.kind === 'group-state') return (group.to === trigger.state) === trigger.equal
  return compare(group.generation, trigger.comparator, trigger.value)
}

/** Of nothing at all nobody is told. */
function isTold({ group, index }: Extract<Trigger, { kind: 'member' }>, event: KafkaEvent): boolean {
  if (!('client' in event) || event.client !== `${group}[${index}]`) return false
  if (event.type === 'partitions-assigned') return event.added.length > 0
  return event.type === 'partitions-revoked' && event.partitions.length > 0
}

/** Only events of the step in question come here. */
function reaches(event: KafkaEvent, offset: number): boolean {
  switch (event.type) {
    case 'log-appended':
      return event.as === 'leader' && event.lastOffset >= offset
    case 'high-watermark-changed':
      return event.as === 'leader' && event.to > offset
    case 'produce-completed':
      return event.outcome === 'ok' && event.offset >= offset
    default:
      return false
  }
}
