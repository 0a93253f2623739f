// Kafka's errors, by the names that traces and timelines show: what those mean that a simulated cluster gives, and what
// the Java client makes of any.

import { Errors, isRetriable, METADATA_REFRESHING_ERRORS } from '../../../protocol/error-codes.ts'
import type { WordSource } from './source.ts'

type ErrorName = keyof typeof Errors

// prettier-ignore
const SAYS: { readonly [Name in ErrorName]?: string } = {
  NONE: 'All went well: no error.',
  UNKNOWN_SERVER_ERROR: 'Something went wrong that has no name.',
  INVALID_FETCH_SIZE: 'A fetch asks for a size that cannot be.',
  INVALID_COMMIT_OFFSET_SIZE: 'The record of the commit is larger than a batch may be.',
  INVALID_TOPIC_EXCEPTION: 'The name is none that a topic can have.',
  INVALID_TIMESTAMP: 'The timestamp of a record is too far from the clock of the broker.',
  INVALID_REQUEST: 'The request contradicts itself, or asks for what cannot be asked for.',
  POLICY_VIOLATION: 'A policy of the cluster forbids it.',
  INVALID_TXN_STATE: 'The transaction is in no state to do this.',
  TRANSACTION_COORDINATOR_FENCED: 'The coordinator that sent this has been replaced.',
  GROUP_SUBSCRIBED_TO_TOPIC: 'Members of the group are subscribed to the topic whose offsets are to be deleted.',
  INCONSISTENT_CLUSTER_ID: 'The asker belongs to another cluster.',
  OFFSET_OUT_OF_RANGE: 'The log does not hold this offset: it begins later, or ends before.',
  CORRUPT_MESSAGE: 'The checksum of a batch does not fit its bytes.',
  UNKNOWN_TOPIC_OR_PARTITION: 'This broker has not heard of the topic or partition, perhaps not yet.',
  LEADER_NOT_AVAILABLE: 'The partition has no leader at the moment.',
  NOT_LEADER_OR_FOLLOWER: 'This broker does not lead the partition (any more); ask for metadata.',
  REQUEST_TIMED_OUT: 'It took longer than the request allowed. What was asked may have been done, or will be.',
  REPLICA_NOT_AVAILABLE: 'The replica that was named is not there.',
  MESSAGE_TOO_LARGE: 'A batch is larger than max.message.bytes.',
  OFFSET_METADATA_TOO_LARGE: 'The text beside a committed offset is longer than offset.metadata.max.bytes.',
  NETWORK_EXCEPTION: 'The connection broke before an answer came: the request may have been carried out.',
  COORDINATOR_LOAD_IN_PROGRESS: 'The coordinator is reading its groups from the log; ask again.',
  COORDINATOR_NOT_AVAILABLE: 'The partition that makes a coordinator has no leader, or cannot be written to.',
  NOT_COORDINATOR: 'Another broker coordinates this group now.',
  RECORD_LIST_TOO_LARGE: 'What was sent for a partition does not fit into one segment.',
  NOT_ENOUGH_REPLICAS: 'With acks=all: fewer replicas are in sync than min.insync.replicas asks for. Nothing was written.',
  NOT_ENOUGH_REPLICAS_AFTER_APPEND: 'The record was written, and then too few replicas were in sync. It may be kept or lost.',
  INVALID_REQUIRED_ACKS: 'acks is neither 0, nor 1, nor all.',
  ILLEGAL_GENERATION: 'The member speaks of another generation of its group than the current one.',
  INCONSISTENT_GROUP_PROTOCOL: 'The member knows no assignor that all others of the group know.',
  INVALID_GROUP_ID: 'The name of the group is empty.',
  UNKNOWN_MEMBER_ID: 'The group has no such member: it left, or was thrown out.',
  INVALID_SESSION_TIMEOUT: 'The session is shorter or longer than the broker allows.',
  REBALANCE_IN_PROGRESS: 'The group is rebalancing: join again.',
  TOPIC_ALREADY_EXISTS: 'There is a topic of this name.',
  INVALID_PARTITIONS: 'The number of partitions is none that a topic can have.',
  INVALID_REPLICATION_FACTOR: 'There are not that many brokers to place replicas on.',
  INVALID_REPLICA_ASSIGNMENT: 'The list of replicas names brokers twice, or brokers that are not there.',
  INVALID_CONFIG: 'A config of the topic has a value that it cannot have.',
  NOT_CONTROLLER: 'Another node is the controller now.',
  UNSUPPORTED_VERSION: 'The node does not speak this version of the request.',
  OUT_OF_ORDER_SEQUENCE_NUMBER: 'An idempotent producer’s batch does not follow the last one that the broker has.',
  DUPLICATE_SEQUENCE_NUMBER: 'The batch was written before, longer ago than the broker remembers where.',
  INVALID_PRODUCER_EPOCH: 'The producer writes under an older epoch than the broker has seen.',
  OPERATION_NOT_ATTEMPTED: 'Another change of the same thing is under way.',
  KAFKA_STORAGE_ERROR: 'The disk failed the broker.',
  UNKNOWN_PRODUCER_ID: 'The broker knows nothing of the producer: all it wrote there is gone.',
  NON_EMPTY_GROUP: 'The group has members.',
  GROUP_ID_NOT_FOUND: 'There is no such group.',
  FETCH_SESSION_ID_NOT_FOUND: 'The broker has forgotten the fetch session; begin another.',
  INVALID_FETCH_SESSION_EPOCH: 'The fetch is not the next one of its session.',
  TOPIC_DELETION_DISABLED: 'delete.topic.enable is false.',
  FENCED_LEADER_EPOCH: 'The asker knows an older leader epoch than the leader: it must learn of the new one.',
  UNKNOWN_LEADER_EPOCH: 'The asker knows a newer leader epoch than this broker, which has still to learn of it.',
  STALE_BROKER_EPOCH: 'The broker registered anew since it sent this.',
  OFFSET_NOT_AVAILABLE: 'A new leader cannot say yet where committed records end.',
  MEMBER_ID_REQUIRED: 'A new member is given an id and must join with it.',
  PREFERRED_LEADER_NOT_AVAILABLE: 'The first replica of the list cannot lead now.',
  GROUP_MAX_SIZE_REACHED: 'The group has group.max.size members.',
  FENCED_INSTANCE_ID: 'Another process has taken the place of this static member.',
  ELIGIBLE_LEADERS_NOT_AVAILABLE: 'No replica that may lead is alive.',
  ELECTION_NOT_NEEDED: 'It leads already.',
  INVALID_RECORD: 'The broker refuses a record for what is in it.',
  UNSTABLE_OFFSET_COMMIT: 'A transaction that commits this offset is still open.',
  UNKNOWN_TOPIC_ID: 'This broker has not heard of a topic with this id, perhaps not yet.',
  DUPLICATE_BROKER_REGISTRATION: 'The session of the broker’s former self is not over yet.',
  INCONSISTENT_TOPIC_ID: 'The topic of this name has another id: it was deleted and made anew.',
  FETCH_SESSION_TOPIC_ID_ERROR: 'A fetch session was begun with topic ids and goes on without, or the other way round.',
  INELIGIBLE_REPLICA: 'A replica that is to join the ISR is fenced, stopping, or registered anew.',
  INVALID_UPDATE_VERSION: 'The ISR is to be changed from a state that is not the current one.',
  NEW_LEADER_ELECTED: 'The change of the ISR made another replica leader.',
}

export const ERROR_WORDS: WordSource = {
  words: Object.keys(Errors),
  explain: (word) =>
    Object.entries(Errors).flatMap(([name, code]) =>
      name !== word
        ? []
        : [
            {
              kind: 'error',
              name,
              says:
                new Map<string, string>(Object.entries(SAYS)).get(name) ??
                'An error that no simulated broker gives yet.',
              facts: [
                { label: 'code', text: String(code) },
                { label: 'client', text: reactionTo(code) },
              ],
              example: null,
              scenarios: [],
            },
          ],
    ),
}

/** Of the Java client. */
function reactionTo(code: number): string {
  if (code === Errors.NONE) return 'all is well'
  const retry = isRetriable(code) ? 'tries again' : 'does not try again by itself'
  return METADATA_REFRESHING_ERRORS.has(code) ? `${retry}, with new metadata` : retry
}
