// Broker keys of consumer groups and their offsets, and of transactions.

import { accepted, modelled, refused } from '../key-note.ts'
import { NO_COMPRESSED_OFFSETS, KIP_848, TRANSACTIONS } from './reasons.ts'

const COSTS_NOTHING = 'the memory of the coordinator has no limit'
const THREADS = 'each partition of __consumer_offsets has a thread of its own'

// prettier-ignore
export const CONSUMER_GROUP_NOTES = {
  'group.min.session.timeout.ms': modelled('The shortest session a member of a classic group may ask for.'),
  'group.max.session.timeout.ms': modelled('The longest session a member of a classic group may ask for.'),
  'group.initial.rebalance.delay.ms': modelled('How long an empty classic group waits for more members before its first rebalance.'),
  'group.max.size': modelled('How many members a classic group may have.'),
  'group.coordinator.rebalance.protocols': refused(KIP_848, 'The kinds of groups that the coordinator serves.'),
  'group.coordinator.new.enable': refused(KIP_848, 'Whether the coordinator of KIP-848 is used, for classic groups too.'),
  'group.coordinator.append.linger.ms': modelled('How long the coordinator gathers records before it writes them; −1: as long as there is something else to do.'),
  'group.coordinator.cached.buffer.max.bytes': accepted(COSTS_NOTHING, 'How large a buffer for writing may be and still be kept.'),
  'group.coordinator.threads': accepted(THREADS, 'How many threads run the coordinator.'),
  'group.coordinator.background.threads': refused(KIP_848, 'How many threads compute assignments and resolve patterns.'),
  'group.consumer.assignment.interval.ms': refused(KIP_848, 'The least time between two assignments of a group (KIP-848).'),
  'group.consumer.min.assignment.interval.ms': refused(KIP_848, 'The least that a group may set for its interval between assignments.'),
  'group.consumer.max.assignment.interval.ms': refused(KIP_848, 'The most that a group may set for its interval between assignments.'),
  'group.consumer.assignor.offload.enable': refused(KIP_848, 'Whether assignments are computed off the threads of the coordinator.'),
  'group.consumer.assignors': refused(KIP_848, 'The assignors that the coordinator knows, the first by default (KIP-848).'),
  'group.consumer.heartbeat.interval.ms': refused(KIP_848, 'How often members send heartbeats (KIP-848).'),
  'group.consumer.min.heartbeat.interval.ms': refused(KIP_848, 'The least that a group may set for its heartbeats.'),
  'group.consumer.max.heartbeat.interval.ms': refused(KIP_848, 'The most that a group may set for its heartbeats.'),
  'group.consumer.session.timeout.ms': refused(KIP_848, 'After how long without a heartbeat a member counts as dead (KIP-848).'),
  'group.consumer.min.session.timeout.ms': refused(KIP_848, 'The least that a group may set for its sessions.'),
  'group.consumer.max.session.timeout.ms': refused(KIP_848, 'The most that a group may set for its sessions.'),
  'group.consumer.max.size': refused(KIP_848, 'How many members a group may have (KIP-848).'),
  'group.consumer.migration.policy': refused(KIP_848, 'Whether a group may turn from the classic protocol to that of KIP-848 and back while it runs.'),
  'group.consumer.regex.refresh.interval.ms': refused(KIP_848, 'How often patterns of subscriptions are resolved anew.'),
  'offsets.topic.num.partitions': modelled('How many partitions __consumer_offsets has.'),
  'offsets.topic.replication.factor': modelled('How many replicas __consumer_offsets has.'),
  'offsets.topic.segment.bytes': modelled('How large segments of __consumer_offsets grow.'),
  'offsets.topic.compression.codec': refused(NO_COMPRESSED_OFFSETS, 'How __consumer_offsets is compressed.'),
  'offsets.load.buffer.size': accepted(COSTS_NOTHING, 'How much is read at a time when a new coordinator loads its groups.'),
  'offsets.retention.minutes': modelled('How long offsets of an empty group are kept.'),
  'offsets.retention.check.interval.ms': modelled('How often offsets are looked through for old ones.'),
  'offset.metadata.max.bytes': modelled('How much text a committed offset may carry.'),
  'offsets.commit.timeout.ms': modelled('How long the coordinator waits until a commit is replicated.'),
  'offsets.commit.required.acks': refused('commits wait for the whole ISR', 'Which replicas must have a commit; to be left at −1, all.'),
}

// prettier-ignore
export const TRANSACTION_NOTES = {
  'transaction.state.log.num.partitions': refused(TRANSACTIONS, 'How many partitions __transaction_state has.'),
  'transaction.state.log.replication.factor': refused(TRANSACTIONS, 'How many replicas __transaction_state has.'),
  'transaction.state.log.min.isr': refused(TRANSACTIONS, 'How many replicas of __transaction_state must be in sync.'),
  'transaction.state.log.segment.bytes': refused(TRANSACTIONS, 'How large segments of __transaction_state grow.'),
  'transaction.state.log.load.buffer.size': refused(TRANSACTIONS, 'How much is read at a time when a new coordinator loads its transactions.'),
  'transaction.max.timeout.ms': refused(TRANSACTIONS, 'The longest time-out that a producer may ask for its transactions.'),
  'transactional.id.expiration.ms': refused(TRANSACTIONS, 'After how long without a transaction a transactional id is forgotten.'),
  'transaction.abort.timed.out.transaction.cleanup.interval.ms': refused(TRANSACTIONS, 'How often the coordinator looks for transactions that are open too long.'),
  'transaction.remove.expired.transaction.cleanup.interval.ms': refused(TRANSACTIONS, 'How often the coordinator looks for transactional ids to forget.'),
  'transaction.partition.verification.enable': refused(TRANSACTIONS, 'Whether a leader asks the coordinator if a partition belongs to the transaction (KIP-890).'),
  'transaction.two.phase.commit.enable': refused(TRANSACTIONS, 'Whether producers may leave the coordination of their transactions to somebody else.'),
  'add.partitions.to.txn.retry.backoff.ms': refused(TRANSACTIONS, 'How long a leader waits before it asks again whether a partition belongs to a transaction.'),
  'add.partitions.to.txn.retry.backoff.max.ms': refused(TRANSACTIONS, 'How long such asking may take in all.'),
}
