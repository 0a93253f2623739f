// Keys of producers.

import { accepted, modelled, refused } from '../key-note.ts'
import { CLIENT_NOTES } from './client.ts'
import { NO_PLUGINS, ONE_LZ4, TRANSACTIONS } from './reasons.ts'

const BYTES = 'the records of the workload are bytes already'

// prettier-ignore
export const PRODUCER_NOTES = {
  ...CLIENT_NOTES,
  acks: modelled('Which replicas must have a record before it counts as written: none, the leader, or the whole ISR.'),
  'enable.idempotence': modelled('Whether records carry sequence numbers, by which brokers refuse duplicates and gaps.'),
  'max.in.flight.requests.per.connection': modelled('How many requests may be unanswered on one connection.'),
  retries: modelled('How often a batch that failed for a passing reason is sent again.'),
  'delivery.timeout.ms': modelled('How long a record may take from send() to its outcome, retries included.'),
  'linger.ms': modelled('How long a batch that is not full waits for more records.'),
  'batch.size': modelled('How large a batch of one partition may grow.'),
  'buffer.memory': modelled('How much memory records that wait to be sent may take.'),
  'buffer.memory.allocation.strategy': accepted('memory is counted, not allocated', 'Whether a batch takes its memory at once or as it grows.'),
  'max.block.ms': modelled('How long send() may wait for metadata or memory.'),
  'max.request.size': modelled('How large a produce request, and a record, may be.'),
  'metadata.max.idle.ms': accepted('producers keep metadata of idle topics', 'How long an unused topic stays in the metadata of a producer.'),
  'compression.type': modelled('How batches are compressed.'),
  'compression.gzip.level': modelled('How hard gzip tries.'),
  'compression.lz4.level': accepted(ONE_LZ4, 'How hard lz4 tries.'),
  'compression.zstd.level': modelled('How hard zstd tries.'),
  'partitioner.class': modelled('The class that chooses partitions; without one keys decide, and load.', {
    only: ['org.apache.kafka.clients.producer.RoundRobinPartitioner'],
  }),
  'partitioner.adaptive.partitioning.enable': modelled('Whether records without a key go more to brokers that are fast.'),
  'partitioner.availability.timeout.ms': modelled('After how long a broker that takes nothing is left out for records without a key.'),
  'partitioner.ignore.keys': modelled('Whether partitions are chosen as if records had no keys.'),
  'partitioner.rack.aware': refused('partitions are not chosen by rack', 'Whether records without a key go to leaders in the rack of the producer.'),
  'client.rack': accepted('producers do not look at racks', 'The rack in which a producer is.'),
  'transactional.id': refused(TRANSACTIONS, 'The name under which a producer writes transactions, across restarts.'),
  'transaction.timeout.ms': refused(TRANSACTIONS, 'How long a transaction may stay open before the coordinator aborts it.'),
  'transaction.two.phase.commit.enable': refused(TRANSACTIONS, 'Whether somebody else coordinates the transactions of this producer.'),
  'interceptor.classes': refused(NO_PLUGINS, 'Classes that see records before they are sent.'),
  'key.serializer': accepted(BYTES, 'The class that turns keys into bytes.'),
  'value.serializer': accepted(BYTES, 'The class that turns values into bytes.'),
}
