// Rules of the fact sheet that a config takes part in, each in a line. Only rules that the code cites, so that a reader who
// wants to know more can search for the number there.

export interface ConfigRule {
  readonly says: string
  readonly keys: readonly string[]
}

// prettier-ignore
export const CONFIG_RULES: { readonly [rule: string]: ConfigRule } = {
  'R-4': { says: 'A segment is closed when the next batch would make it larger than it may be.', keys: ['segment.bytes', 'log.segment.bytes'] },
  'R-5': { says: 'The leader refuses a batch that is too large with MESSAGE_TOO_LARGE, and batches larger than a segment with RECORD_LIST_TOO_LARGE.', keys: ['max.message.bytes', 'message.max.bytes', 'segment.bytes', 'log.segment.bytes'] },
  'R-19': { says: 'An append reaches the page cache only; what is not synced is lost with the power.', keys: ['flush.messages', 'log.flush.interval.messages'] },
  'R-20': { says: 'What lies below the recovery point is known to be on disk; the rest is read again after an unclean stop.', keys: ['log.flush.offset.checkpoint.interval.ms'] },
  'R-29': { says: 'A broker that starts begins with the high watermarks that it last wrote down.', keys: ['replica.high.watermark.checkpoint.interval.ms'] },
  'R-37': { says: 'Never more in-sync replicas are asked for than a partition has (3.7 and later).', keys: ['min.insync.replicas', 'default.replication.factor'] },
  'R-38': { says: 'A write with acks=all is refused with NOT_ENOUGH_REPLICAS while the ISR is too small; with acks=0 or 1 nobody looks.', keys: ['acks', 'min.insync.replicas'] },
  'R-40': { says: 'A write with acks=all is answered when the high watermark has passed it, or when its time is over; then nobody knows.', keys: ['acks', 'request.timeout.ms'] },
  'R-45': { says: 'A broker remembers the last five batches of each producer: more in flight, and it could not tell a duplicate.', keys: ['enable.idempotence', 'max.in.flight.requests.per.connection'] },
  'R-46': { says: 'A batch that was appended before is acknowledged again and not appended; one out of sequence is refused.', keys: ['enable.idempotence'] },
  'R-49': { says: 'A producer that wrote nothing for so long is forgotten, by the timestamps of its records.', keys: ['producer.id.expiration.ms', 'producer.id.expiration.check.interval.ms'] },
  'R-52': { says: 'A follower has so many fetcher threads for each leading broker, each with one request in flight.', keys: ['num.replica.fetchers'] },
  'R-53': { says: 'A follower says in each fetch how long the leader may keep it, and for how much data.', keys: ['replica.fetch.wait.max.ms', 'replica.fetch.min.bytes', 'replica.fetch.max.bytes', 'replica.fetch.response.max.bytes'] },
  'R-58': { says: 'A rising high watermark does not wake the fetch of a follower: without writes, followers learn of it late.', keys: ['replica.fetch.wait.max.ms'] },
  'R-67': { says: 'A fetch session saves telling the same partitions again; a broker keeps so many of them.', keys: ['max.incremental.fetch.session.cache.slots'] },
  'R-70': { says: 'A follower is caught up if it is at the end of the leader’s log, or was not longer ago than this.', keys: ['replica.lag.time.max.ms'] },
  'R-76': { says: 'The high watermark does not rise while the ISR is below its minimum (3.7 and later).', keys: ['min.insync.replicas'] },
  'R-30': { says: 'Compaction leaves alone what is not committed, the active segment, and segments with records younger than this.', keys: ['cleanup.policy', 'log.cleanup.policy', 'min.compaction.lag.ms', 'log.cleaner.min.compaction.lag.ms'] },
  'R-31': { says: 'The log with the largest dirty share is compacted next, if that is large enough or some record waits too long.', keys: ['min.cleanable.dirty.ratio', 'log.cleaner.min.cleanable.ratio', 'max.compaction.lag.ms', 'log.cleaner.max.compaction.lag.ms', 'log.cleaner.backoff.ms'] },
  'R-32': { says: 'A round keeps of each key the last record, as far as its map of keys has room; offsets stay as they are.', keys: ['log.cleaner.dedupe.buffer.size', 'log.cleaner.io.buffer.load.factor'] },
  'R-33': { says: 'A tombstone goes this long after the first round that saw it: a reader that comes later does not hear of the deletion.', keys: ['delete.retention.ms', 'log.cleaner.delete.retention.ms'] },
  'R-81': { says: 'A leader looks for laggards twice in this time, so a follower that stands still leaves after 1 to 1.5 times of it.', keys: ['replica.lag.time.max.ms'] },
  'R-89': { says: 'A broker that was killed and starts at once must wait until the session of its former self is over.', keys: ['broker.session.timeout.ms', 'initial.broker.registration.timeout.ms'] },
  'R-91': { says: 'A broker whose last heartbeat is older than this is fenced: it leaves ISRs and offices.', keys: ['broker.session.timeout.ms', 'broker.heartbeat.interval.ms'] },
  'R-92': { says: 'What a broker wants, to be unfenced or to stop, it says in its heartbeats.', keys: ['broker.heartbeat.interval.ms'] },
  'R-95': { says: 'A broker that stops in order leaves all ISRs and offices first, then syncs its logs and says so for the next start.', keys: ['controlled.shutdown.enable'] },
  'R-97': { says: 'The first replica of the list that is alive and in the ISR leads; without one, and if it is allowed, the first that is alive.', keys: ['unclean.leader.election.enable'] },
  'R-102': { says: 'An unclean leader is alone in the ISR: what only others had is gone. Kafka looks at the config since 3.9.', keys: ['unclean.leader.election.enable', 'unclean.leader.election.interval.ms'] },
  'R-107': { says: 'Leadership goes back to the first replica of each list, every so often. A KRaft controller asks for no percentage.', keys: ['auto.leader.rebalance.enable', 'leader.imbalance.check.interval.seconds', 'leader.imbalance.per.broker.percentage'] },
  'R-108': { says: 'Replicas are spread over racks, the first ones over brokers.', keys: ['num.partitions', 'default.replication.factor'] },
  'R-110': { says: 'A controller answers when what it decided is in its log on disk.', keys: ['controller.quorum.append.linger.ms'] },
  'R-128': { says: 'A consumer reads up to the high watermark; one that reads committed records only, up to the first open transaction.', keys: ['isolation.level'] },
  'R-130': { says: 'A consumer with a rack may be sent to a replica in the ISR that is in the same rack.', keys: ['replica.selector.class', 'client.rack'] },
  'R-131': { says: 'A reset happens only when the leader says that the position is out of range; a follower that says so is left.', keys: ['auto.offset.reset', 'client.rack'] },
  'R-135': { says: 'Settings that trade a guarantee away: one acknowledgement, one in-sync replica, unclean elections, one replica.', keys: ['acks', 'min.insync.replicas', 'unclean.leader.election.enable', 'default.replication.factor'] },
  'P-1': { says: 'send() waits for metadata, then for memory; both from one budget of time.', keys: ['max.block.ms', 'max.request.size', 'buffer.memory'] },
  'P-2': { says: 'Metadata is fetched again when something proves it wrong, and at the latest after this time.', keys: ['metadata.max.age.ms', 'metadata.max.idle.ms'] },
  'P-3': { says: 'Records wait in batches, one queue a partition; a record larger than a batch gets one of its own.', keys: ['batch.size', 'buffer.memory', 'max.block.ms'] },
  'P-4': { says: 'A batch goes when it is full, when it has waited long enough, or when its broker gets a request anyway.', keys: ['linger.ms', 'batch.size', 'max.request.size'] },
  'P-5': { says: 'With one request in flight order holds without idempotence; with more a retry may overtake.', keys: ['max.in.flight.requests.per.connection'] },
  'P-6': { says: 'Pauses between tries double up to the longest, give or take a fifth. A request without an answer ends its connection.', keys: ['retry.backoff.ms', 'retry.backoff.max.ms', 'request.timeout.ms'] },
  'P-7': { says: 'A batch is given up when it is older than this, wherever it is; one in flight may still be written.', keys: ['delivery.timeout.ms', 'retries', 'linger.ms', 'request.timeout.ms'] },
  'P-9': { says: 'With acks=0 success is assumed, with 1 the leader has it, with all every member of the ISR.', keys: ['acks', 'min.insync.replicas'] },
  'P-10': { says: 'The partition is the one that was asked for, or the choice of partitioner.class, or that of the key, or that of the load.', keys: ['partitioner.class', 'partitioner.ignore.keys'] },
  'P-12': { says: 'Records without a key stay with a partition until a batch’s worth went there.', keys: ['batch.size', 'partitioner.adaptive.partitioning.enable', 'partitioner.availability.timeout.ms'] },
  'P-14': { says: 'Idempotence needs acks=all, retries, and at most five requests in flight; asked for or not makes the difference between an error and going without.', keys: ['enable.idempotence', 'acks', 'retries', 'max.in.flight.requests.per.connection'] },
  'C-3': { says: 'One fetch is under way for each broker; how much it may bring and how long it may wait is in it.', keys: ['fetch.min.bytes', 'fetch.max.bytes', 'fetch.max.wait.ms', 'max.partition.fetch.bytes', 'max.poll.records'] },
  'C-6': { says: 'Without a committed offset the policy says where to begin.', keys: ['auto.offset.reset'] },
  'C-7': { says: 'A position that the log does not hold is reset by the policy: latest skips in silence, earliest reads again.', keys: ['auto.offset.reset'] },
  'C-10': { says: 'Heartbeats go on while the application works; without one for the length of a session the member is out.', keys: ['session.timeout.ms', 'heartbeat.interval.ms'] },
  'C-11': { says: 'A member that does not poll in time leaves its group, and its application goes on unaware.', keys: ['max.poll.interval.ms'] },
  'C-15': { says: 'What earlier polls returned is committed within poll(), whether it was processed or not.', keys: ['enable.auto.commit', 'auto.commit.interval.ms'] },
  'C-24': { says: 'Control records are never seen, and take offsets all the same.', keys: ['isolation.level'] },
  'G-1': { says: 'The leader of one partition of __consumer_offsets coordinates a group; the number must never change.', keys: ['offsets.topic.num.partitions', 'group.id'] },
  'G-25': { says: 'The first rebalance of an empty group waits, and again if somebody came in the meantime.', keys: ['group.initial.rebalance.delay.ms'] },
  'G-33': { says: 'Members beyond this number are refused; after a new coordinator has loaded a larger group, the last to come back.', keys: ['group.max.size'] },
  'O-1': { says: 'A commit with more text than this is refused, for that partition only.', keys: ['offset.metadata.max.bytes'] },
  'O-5': { says: 'Offsets are forgotten when their group has been empty for so long.', keys: ['offsets.retention.minutes', 'offsets.retention.check.interval.ms'] },
}

/** In the order of the table. */
export function rulesOf(key: string): { readonly rule: string; readonly says: string }[] {
  return Object.entries(CONFIG_RULES).flatMap(([rule, { says, keys }]) => (keys.includes(key) ? [{ rule, says }] : []))
}
