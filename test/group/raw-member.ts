// A member of a group that speaks the protocol and nothing else: finds its coordinator, joins, assigns if it leads, sends
// heartbeats, commits ever larger offsets of what it was assigned; begins anew at whatever goes wrong.

import { NetworkClient, type NodeAddress } from '../../src/network/network-client.ts'
import { Errors } from '../../src/protocol/error-codes.ts'
import { assignedPartitions } from '../../src/invariants/group-disjoint-assignments.ts'
import type { ApiName } from '../../src/protocol/api-keys.ts'
import type { RequestOf, ResponseOf } from '../../src/protocol/messages.ts'
import type { KafkaHost } from '../../src/trace/kafka-event.ts'
import { subscription } from './rig.ts'

export interface RawMemberOptions {
  readonly group: string
  readonly bootstrap: readonly NodeAddress[]
  readonly instanceId: string | null
  /** Of topic 'orders'. */
  readonly partitions: number
}

const HEARTBEAT_MS = 500
const COMMIT_MS = 350
const RETRY_MS = 150

export class RawMember {
  /** '' until the coordinator has given one. */
  memberId = ''
  generation = -1
  assigned: readonly string[] = []
  acknowledged = 0
  private readonly host: KafkaHost
  private readonly options: RawMemberOptions
  private readonly client: NetworkClient
  private coordinator: NodeAddress | undefined
  private committed = 0
  private lookUps = 0
  /** Answers to what was sent before the last new beginning are of no interest. */
  private era = 0

  constructor(host: KafkaHost, options: RawMemberOptions) {
    this.host = host
    this.options = options
    const timing = { requestTimeoutMs: 12_000, reconnectBackoffMs: 50, reconnectBackoffMaxMs: 200 }
    this.client = new NetworkClient(
      host,
      { clientId: 'raw', connectionSetupTimeoutMs: 1000, maxInFlight: 1, ...timing },
      host.random.stream('raw-member'),
    )
    host.clock.every(HEARTBEAT_MS, 'raw-heartbeat', () => this.heartbeat())
    host.clock.every(COMMIT_MS, 'raw-commit', () => this.commit())
    this.find()
  }

  private find(): void {
    this.era += 1
    this.coordinator = undefined
    this.generation = -1
    const { bootstrap, group } = this.options
    const node = bootstrap[this.lookUps++ % bootstrap.length]
    if (node === undefined) throw new Error('nobody to ask')
    const body = { keyType: 0, coordinatorKeys: [group] }
    this.ask(node, 'FindCoordinator', body, ({ coordinators: [found] }) => {
      if (found?.errorCode !== Errors.NONE) return this.later(() => this.find())
      this.coordinator = { id: found.nodeId, host: found.host, port: found.port }
      this.join()
    })
  }

  private join(): void {
    this.era += 1
    this.generation = -1
    this.assigned = []
    const { group, instanceId } = this.options
    const body = {
      groupId: group,
      sessionTimeoutMs: 6000,
      rebalanceTimeoutMs: 8000,
      memberId: this.memberId,
      groupInstanceId: instanceId,
      protocolType: 'consumer',
      protocols: [{ name: 'range', metadata: subscription('orders') }],
      reason: null,
    }
    this.askCoordinator('JoinGroup', body, (answer) => {
      if (answer.errorCode === Errors.MEMBER_ID_REQUIRED) {
        this.memberId = answer.memberId
        return this.join()
      }
      if (answer.errorCode !== Errors.NONE) return this.failed(answer.errorCode)
      this.memberId = answer.memberId
      this.sync(answer)
    })
  }

  private sync({ generationId, members, leader, protocolName }: ResponseOf<'JoinGroup'>): void {
    const { group, instanceId, partitions } = this.options
    const ids = members.map(({ memberId }) => memberId).toSorted()
    const body = {
      groupId: group,
      generationId,
      memberId: this.memberId,
      groupInstanceId: instanceId,
      protocolType: 'consumer',
      protocolName,
      assignments:
        leader === this.memberId
          ? ids.map((memberId, place) => ({ memberId, assignment: shareOf(place, ids.length, partitions) }))
          : [],
    }
    this.askCoordinator('SyncGroup', body, ({ errorCode, assignment }) => {
      if (errorCode !== Errors.NONE) return this.failed(errorCode)
      this.generation = generationId
      this.assigned = assignedPartitions(assignment)
    })
  }

  private heartbeat(): void {
    if (this.generation < 0) return
    const { group, instanceId } = this.options
    const body = { groupId: group, generationId: this.generation, memberId: this.memberId, groupInstanceId: instanceId }
    this.askCoordinator('Heartbeat', body, ({ errorCode }) => {
      if (errorCode !== Errors.NONE) this.failed(errorCode)
    })
  }

  private commit(): void {
    if (this.generation < 0 || this.assigned.length === 0) return
    this.committed += 1
    const { group, instanceId } = this.options
    const at = { committedOffset: this.committed, committedLeaderEpoch: -1, committedMetadata: '' }
    const partitions = this.assigned.map((name) => ({ partitionIndex: Number(name.slice('orders-'.length)), ...at }))
    const body = {
      groupId: group,
      generationIdOrMemberEpoch: this.generation,
      memberId: this.memberId,
      groupInstanceId: instanceId,
      topics: [{ name: 'orders', partitions }],
    }
    this.askCoordinator('OffsetCommit', body, ({ topics }) => {
      const errorCode = topics[0]?.partitions[0]?.errorCode ?? Errors.UNKNOWN_SERVER_ERROR
      if (errorCode === Errors.NONE) this.acknowledged += 1
      else this.failed(errorCode)
    })
  }

  private failed(errorCode: number): void {
    switch (errorCode) {
      case Errors.COORDINATOR_LOAD_IN_PROGRESS:
      case Errors.REBALANCE_IN_PROGRESS:
      case Errors.ILLEGAL_GENERATION:
        return this.later(() => this.join())
      case Errors.UNKNOWN_MEMBER_ID:
      case Errors.FENCED_INSTANCE_ID:
        this.memberId = ''
        return this.later(() => this.join())
      default:
        return this.later(() => this.find())
    }
  }

  private later(fn: () => void): void {
    this.era += 1
    const { era } = this
    this.generation = -1
    this.host.clock.after(RETRY_MS, 'raw-retry', () => {
      if (this.era === era) fn()
    })
  }

  private askCoordinator<A extends ApiName>(api: A, body: RequestOf<A>, then: (answer: ResponseOf<A>) => void): void {
    if (this.coordinator === undefined) return
    this.ask(this.coordinator, api, body, then)
  }

  private ask<A extends ApiName>(
    node: NodeAddress,
    api: A,
    body: RequestOf<A>,
    then: (answer: ResponseOf<A>) => void,
  ): void {
    const { era } = this
    this.client.send(node, api, body, {
      onResponse: (answer) => {
        if (this.era === era) then(answer)
      },
      onFailure: () => {
        if (this.era === era) this.later(() => this.find())
      },
    })
  }
}

/** Every `members`-th partition from `place` on, as consumers write it. */
function shareOf(place: number, members: number, partitions: number): Uint8Array {
  const own = Array.from({ length: partitions }, (_, partition) => partition).filter((p) => p % members === place)
  const list = own.flatMap((partition) => [0, 0, 0, partition])
  return Uint8Array.from([0, 0, 0, 0, 0, 1, 0, 6, ...Buffer.from('orders'), 0, 0, 0, own.length, ...list])
}
