// Whose client chooses partitions how (P-10). Left out: classes of one's own, the deprecated ones of the Java client
// (DefaultPartitioner, UniformStickyPartitioner), racks (KIP-1123), librdkafka's and kafkajs's other partitioners.

import type { Rng } from '../../../sim/index.ts'
import type { ProducerConfig } from '../../config/producer-config.ts'
import { KafkaJsPartitioner } from './kafkajs-partitioner.ts'
import { KeyedPartitioner } from './keyed-partitioner.ts'
import { LibrdkafkaPartitioner } from './librdkafka-partitioner.ts'
import type { Partitioner } from './partitioner.ts'
import { RoundRobinPartitioner } from './round-robin-partitioner.ts'
import { type PartitionLoad, StickyPartitioner } from './sticky-partitioner.ts'

/** Whose library the client is written with. */
export type ClientLibrary = 'java' | 'librdkafka' | 'kafkajs'

export function makePartitioner(
  library: ClientLibrary,
  config: ProducerConfig,
  rng: Rng,
  load: PartitionLoad,
): Partitioner {
  if (library === 'librdkafka') return new LibrdkafkaPartitioner(rng)
  if (library === 'kafkajs') return new KafkaJsPartitioner(rng)
  if (config['partitioner.class'] !== null) return new RoundRobinPartitioner()
  const adapts = config['partitioner.adaptive.partitioning.enable']
  const sticky = new StickyPartitioner(config['batch.size'], rng, adapts ? load : undefined)
  return new KeyedPartitioner(sticky, config['partitioner.ignore.keys'])
}
