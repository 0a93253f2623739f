// How brokers and controller are set on both sides: short sessions, nothing on a timer of its own, nothing deleted by age.

type Config = { readonly [key: string]: string | number | boolean }

const BROKER_CONFIG: Config = {
  'auto.create.topics.enable': false,
  'auto.leader.rebalance.enable': false,
  'broker.heartbeat.interval.ms': 500,
  'broker.session.timeout.ms': 3000,
  'replica.lag.time.max.ms': 3000,
  'offsets.topic.num.partitions': 1,
  'group.initial.rebalance.delay.ms': 300,
}

/** Of a cluster of so many brokers. */
export function brokerConfig(brokers: number): Config {
  return { ...BROKER_CONFIG, 'offsets.topic.replication.factor': brokers }
}

/** What only a real broker must be told: batches of the script are older than the default retention. */
export const REAL_BROKER_CONFIG: Config = {
  'log.retention.ms': -1,
  'num.network.threads': 1,
  'num.io.threads': 2,
  'background.threads': 1,
}
