// A member of a classic group as its coordinator knows it (G-8), with the requests of its that wait for an answer.

import { assert } from '../../sim/assert.ts'
import type { RequestOf, ResponseOf } from '../protocol/messages.ts'

export type JoinAnswer = ResponseOf<'JoinGroup'>
export type SyncAnswer = ResponseOf<'SyncGroup'>
export type RespondJoin = (answer: JoinAnswer) => void
export type RespondSync = (answer: SyncAnswer) => void

/** What a member can do: an assignor's name and what it says of itself for it, in order of preference. */
export type Protocols = RequestOf<'JoinGroup'>['protocols']

export const NO_ASSIGNMENT: Uint8Array = new Uint8Array(0)

export interface MemberIdentity {
  readonly id: string
  /** Of a static member (KIP-345), else null. */
  readonly instanceId: string | null
  readonly clientId: string
  readonly clientHost: string
  readonly protocolType: string
}

export class Member implements MemberIdentity {
  readonly id: string
  readonly instanceId: string | null
  readonly clientId: string
  readonly clientHost: string
  readonly protocolType: string
  rebalanceTimeoutMs: number
  sessionTimeoutMs: number
  protocols: Protocols
  assignment: Uint8Array = NO_ASSIGNMENT
  /** Its JoinGroup waits for the join phase to end. */
  awaitingJoin: RespondJoin | undefined = undefined
  /** Its SyncGroup waits for the leader's assignment. */
  awaitingSync: RespondSync | undefined = undefined
  /** Has never been in a generation. */
  isNew = false

  constructor(identity: MemberIdentity, rebalanceTimeoutMs: number, sessionTimeoutMs: number, protocols: Protocols) {
    this.id = identity.id
    this.instanceId = identity.instanceId
    this.clientId = identity.clientId
    this.clientHost = identity.clientHost
    this.protocolType = identity.protocolType
    this.rebalanceTimeoutMs = rebalanceTimeoutMs
    this.sessionTimeoutMs = sessionTimeoutMs
    this.protocols = protocols
  }

  get isStatic(): boolean {
    return this.instanceId !== null
  }

  get isAwaitingJoin(): boolean {
    return this.awaitingJoin !== undefined
  }

  /** Silence counts for nothing while it waits for us; a new member's own timer counts all the same (G-31). */
  get isExcused(): boolean {
    return !this.isNew && (this.awaitingJoin !== undefined || this.awaitingSync !== undefined)
  }

  supports(protocol: string): boolean {
    return this.protocols.some(({ name }) => name === protocol)
  }

  /** What it said of itself for `protocol`. */
  metadataFor(protocol: string): Uint8Array {
    const own = this.protocols.find(({ name }) => name === protocol)
    assert(own !== undefined, `member ${this.id} does not support ${protocol}`)
    return own.metadata
  }

  /** The first of its list that is a candidate (G-29). */
  vote(candidates: ReadonlySet<string>): string {
    const choice = this.protocols.find(({ name }) => candidates.has(name))
    assert(choice !== undefined, `member ${this.id} supports no candidate`)
    return choice.name
  }

  /** Would a rejoin with these change nothing? Order counts. */
  saysTheSame(protocols: Protocols): boolean {
    return (
      protocols.length === this.protocols.length &&
      protocols.every((protocol, i) => {
        const own = this.protocols[i]
        return own?.name === protocol.name && sameBytes(own.metadata, protocol.metadata)
      })
    )
  }
}

function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, i) => byte === b[i])
}
