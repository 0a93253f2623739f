// The typed events Kafka code emits: what invariants, histories and reports listen to. They say what happened, never
// what to do; emitting one changes nothing. `partition` is the name people use, e.g. 'orders-0'.

import type { Host, TraceEvent, Tracer } from '../../sim/index.ts'
import type { GroupEvent } from './group-event.ts'
import type { LogEvent } from './log-event.ts'

export type KafkaHost = Host<KafkaEvent>
export type KafkaTracer = Tracer<KafkaEvent>

export type KafkaEvent =
  | GroupEvent
  | LogEvent
  | RoleChanged
  | IsrViewChanged
  | FollowerFetched
  | PartitionChanged
  | TopicDeleted
  | BrokerStateChanged
  | ProduceAnswered
  | ReplicaFenced
  | ReplicaFailed
  | ParkedFetchEnded
  | ProduceInvoked
  | ProduceSent
  | ProduceRetried
  | ProduceCompleted
  | RecordsDelivered
  | PositionMoved
  | EndOffsetListed
  | FaultApplied
  | FaultHealed
  | BytesRotted
  | AdminAnswered
  | ProcessChanged
  | Buggified

/** A broker took or left a role, having applied metadata. */
export interface RoleChanged extends TraceEvent {
  readonly type: 'role-changed'
  readonly broker: number
  readonly partition: string
  readonly role: 'leader' | 'follower' | 'none'
  readonly leader: number
  readonly leaderEpoch: number
  readonly partitionEpoch: number
}

/** A leader's own view of its ISR changed: a request sent, confirmed, refused. */
export interface IsrViewChanged extends TraceEvent {
  readonly type: 'isr-view-changed'
  readonly broker: number
  readonly partition: string
  readonly change: 'expand-sent' | 'shrink-sent' | 'confirmed' | 'rejected'
  readonly committedIsr: readonly number[]
  readonly maximalIsr: readonly number[]
  readonly error: string | null
}

/** `error` of a 'rejected' change that nobody refused: the leader forgot it, and the controller may still commit it. */
export const REPLACED_IN_SAME_EPOCH = 'replaced by metadata of the same partition epoch'

/** A leader took note of a follower's fetch: it holds everything below `fetchOffset`, as far as the leader knows. */
export interface FollowerFetched extends TraceEvent {
  readonly type: 'follower-fetched'
  readonly broker: number
  readonly partition: string
  readonly follower: number
  readonly fetchOffset: number
  /** The leader's own, in which it took note. */
  readonly leaderEpoch: number
}

/** `reason` of what a controller found committed when it took office: why it was done nobody knows any more. */
export const REPLAYED = 'replayed'
/** `reason` of what an administrator's request for unclean elections changed. */
export const UNCLEAN_BY_ADMIN = 'ElectLeaders, unclean'
/** How the `reason` of what changed as a silent broker was fenced begins. */
export const SESSION_OF_BROKER = 'session of broker '

/** The controller's committed state of a partition changed. */
export interface PartitionChanged extends TraceEvent {
  readonly type: 'partition-changed'
  readonly partition: string
  readonly replicas: readonly number[]
  readonly leader: number
  readonly leaderEpoch: number
  readonly isr: readonly number[]
  /** Eligible leader replicas (KIP-966): may be elected when the ISR is empty, and lose nothing. */
  readonly elr: readonly number[]
  /** The last leader, once ISR and ELR are empty. */
  readonly lastKnownElr: readonly number[]
  readonly partitionEpoch: number
  readonly reason: string
}

/** The controller committed that a topic is gone; brokers drop its replicas when they learn of it. */
export interface TopicDeleted extends TraceEvent {
  readonly type: 'topic-deleted'
  readonly topic: string
  readonly topicId: string
  /** How many it had. */
  readonly partitions: number
}

export interface BrokerStateChanged extends TraceEvent {
  readonly type: 'broker-state-changed'
  readonly broker: number
  readonly state: 'registered' | 'fenced' | 'unfenced' | 'controlled-shutdown'
  readonly brokerEpoch: number
}

/** A leader answers a produce request for one partition (acks 1 and all: the moment the answer is decided). */
export interface ProduceAnswered extends TraceEvent {
  readonly type: 'produce-answered'
  readonly broker: number
  readonly partition: string
  readonly acks: number
  readonly error: string | null
  readonly firstOffset: number
  readonly lastOffset: number
  /** Not appended: these offsets hold an earlier copy of the same batch. */
  readonly duplicate: boolean
}

/** A request was refused because of an epoch, a role or a broker epoch. */
export interface ReplicaFenced extends TraceEvent {
  readonly type: 'replica-fenced'
  readonly broker: number
  readonly partition: string
  readonly requester: number
  readonly error: string
}

/** A follower gave a partition up: it is not fetched before metadata names a new leader epoch. */
export interface ReplicaFailed extends TraceEvent {
  readonly type: 'replica-failed'
  readonly broker: number
  readonly partition: string
  readonly leader: number
  readonly reason: string
}

/** A fetch that waited was answered with an error: the leader it waited at lost its office, or the replica. */
export interface ParkedFetchEnded extends TraceEvent {
  readonly type: 'parked-fetch-ended'
  readonly broker: number
  /** Broker id, or −1 for a client. */
  readonly requester: number
  readonly error: string
}

/** One record a producer was asked to send. `id` is unique per client: (client, n). */
export interface ProduceInvoked extends TraceEvent {
  readonly type: 'produce-invoked'
  readonly client: string
  readonly n: number
  readonly topic: string
  /** Number of the record's key; −1 or absent: it has none. */
  readonly key?: number
  /** It has no value: a deletion of its key. */
  readonly tombstone?: boolean
}

/** A batch leaves its producer for a broker. */
export interface ProduceSent extends TraceEvent {
  readonly type: 'produce-sent'
  readonly client: string
  readonly partition: string
  /** Counters of its records, in the order of their offsets. */
  readonly records: readonly number[]
  /** Counted from 1. */
  readonly attempt: number
  readonly broker: number
  readonly sizeBytes: number
  readonly isCompressed: boolean
  /** By the client's clock, since its first record was accepted. */
  readonly ageMs: number
  /** Produce requests to this broker without an answer, this one included. */
  readonly requestsInFlight: number
  /** What of buffer.memory is taken. */
  readonly bufferedBytes: number
}

/** An attempt to send a batch came to nothing, or to nothing that is known; it will be sent again. */
export interface ProduceRetried extends TraceEvent {
  readonly type: 'produce-retried'
  readonly client: string
  readonly partition: string
  readonly records: readonly number[]
  readonly attempt: number
  readonly error: string
  /** False: there was no answer, `error` is what the client makes of that. */
  readonly answered: boolean
}

export interface ProduceCompleted extends TraceEvent {
  readonly type: 'produce-completed'
  readonly client: string
  readonly n: number
  readonly partition: string
  readonly outcome: 'ok' | 'fail' | 'unknown'
  /** Offset of the record when acknowledged with one; −1 otherwise (acks=0 is never acknowledged). */
  readonly offset: number
  readonly acks: number
  readonly error: string | null
}

/** Records handed to an application by one poll, of one partition, in offset order. */
export interface RecordsDelivered extends TraceEvent {
  readonly type: 'records-delivered'
  readonly client: string
  readonly partition: string
  readonly records: readonly DeliveredRecord[]
}

export interface DeliveredRecord {
  readonly offset: number
  readonly leaderEpoch: number
  /** The producing client and its counter, from the record's bytes. */
  readonly producer: string
  readonly n: number
}

/** A consumer's position moved without reading: reset by policy, or back behind a truncation. */
export interface PositionMoved extends TraceEvent {
  readonly type: 'position-moved'
  readonly client: string
  readonly partition: string
  readonly from: number
  readonly to: number
  readonly why: string
}

/** A client was told how far a partition may be read (ListOffsets latest). */
export interface EndOffsetListed extends TraceEvent {
  readonly type: 'end-offset-listed'
  readonly client: string
  readonly partition: string
  readonly offset: number
  readonly leaderEpoch: number
}

/** Faults that end a process at once: it does not say so itself. */
export const DEADLY_VERBS: ReadonlySet<string> = new Set(['kill', 'restart', 'power-loss'])

export interface FaultApplied extends TraceEvent {
  readonly type: 'fault-applied'
  readonly fault: string
  readonly verb: string
  readonly targets: readonly string[]
  readonly detail: string
}

export interface FaultHealed extends TraceEvent {
  readonly type: 'fault-healed'
  readonly fault: string
  readonly verb: string
  readonly targets: readonly string[]
}

/** A bit of a file changed of itself: no process knows. */
export interface BytesRotted extends TraceEvent {
  readonly type: 'bytes-rotted'
  readonly process: string
  readonly path: string
  readonly position: number
  /** Of whose log; null: another file. */
  readonly partition: string | null
  /** Of the batch that has it; −1: none that can be told. */
  readonly firstOffset: number
  readonly lastOffset: number
}

/** What an administrator that acts for a fault was told of a partition or topic. */
export interface AdminAnswered extends TraceEvent {
  readonly type: 'admin-answered'
  readonly fault: string
  readonly verb: string
  readonly subject: string
  readonly error: string | null
  /** Of a deletion of records that went well: what lies below is gone. Else −1. */
  readonly lowWatermark: number
}

export interface ProcessChanged extends TraceEvent {
  readonly type: 'process-changed'
  readonly process: string
  readonly state: 'started' | 'crashed' | 'powered-off' | 'paused' | 'resumed' | 'halted' | 'stopped'
  readonly detail: string
}

/** A buggify point fired: what follows is rare, and legal. */
export interface Buggified extends TraceEvent {
  readonly type: 'buggified'
  readonly process: string
  readonly point: string
}
