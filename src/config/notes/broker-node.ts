// Broker keys of requests, of the life of a broker, of the controller, and of names and addresses.

import { accepted, modelled, refused } from '../key-note.ts'
import { IDLE_CONNECTIONS, NODES_BY_SCENARIO, NO_PLUGINS, NO_ZOOKEEPER, SETUP_TIMEOUT } from './reasons.ts'

const NO_QUORUM = 'there is one controller, so nothing is elected'
const NO_SNAPSHOTS = 'the metadata log is never snapshotted or cut'
const ZK_SHUTDOWN = 'only brokers with ZooKeeper read it'
const DONE_IS_GONE = 'what is done is dropped at once'
const NO_LIMITS = 'connections are not limited'
const BUFFERS = 'socket buffers are not modelled'
const BY_SWITCH = 'what is unstable in Kafka is not modelled'

// prettier-ignore
export const REQUEST_NOTES = {
  'num.io.threads': modelled('How many threads handle requests.'),
  'num.network.threads': accepted('the network has no threads', 'How many threads read and write connections.'),
  'background.threads': accepted('background work has no pool', 'How many threads do background work.'),
  'queued.max.requests': accepted('the request queue has no bound', 'How many requests may wait before connections are no longer read.'),
  'queued.max.request.bytes': accepted('the request queue has no bound', 'How many bytes of requests may wait before connections are no longer read.'),
  'request.timeout.ms': modelled('How long a broker waits for the answers of other brokers and the controller.', { atLeast: 1 }),
  'fetch.max.bytes': modelled('How much data the answer to a fetch may hold, whatever was asked for.'),
  'fetch.purgatory.purge.interval.requests': accepted(DONE_IS_GONE, 'After how many fetches those that are done are dropped.'),
  'producer.purgatory.purge.interval.requests': accepted(DONE_IS_GONE, 'After how many produce requests those that are done are dropped.'),
  'delete.records.purgatory.purge.interval.requests': accepted(DONE_IS_GONE, 'After how many deletions of records those that are done are dropped.'),
  'max.incremental.fetch.session.cache.slots': modelled('How many fetch sessions a broker remembers.'),
  'max.request.partition.size.limit': accepted('topics are never described in parts', 'How many partitions one answer about topics may hold.'),
  'socket.connection.setup.timeout.ms': modelled('How long setting up a connection may take at first.', { atLeast: 1 }),
  'socket.connection.setup.timeout.max.ms': accepted(SETUP_TIMEOUT, 'How long setting up a connection may take after several failures.'),
  'connections.max.idle.ms': accepted(IDLE_CONNECTIONS, 'After how long an unused connection is closed.'),
  'connection.failed.authentication.delay.ms': accepted('nobody authenticates', 'How long a connection that failed to authenticate is kept before it is closed.'),
  'controller.socket.timeout.ms': accepted(ZK_SHUTDOWN, 'How long a request between controller and broker may take.'),
  'max.connections': accepted(NO_LIMITS, 'How many connections a broker takes.'),
  'max.connections.per.ip': accepted(NO_LIMITS, 'How many connections a broker takes from one address.'),
  'max.connections.per.ip.overrides': accepted(NO_LIMITS, 'Other limits for single addresses.'),
  'max.connection.creation.rate': accepted(NO_LIMITS, 'How many connections a second a broker takes.'),
  'socket.listen.backlog.size': accepted(NO_LIMITS, 'How many connections may wait to be accepted.'),
  'socket.receive.buffer.bytes': accepted(BUFFERS, "The size of the sockets' receive buffers."),
  'socket.send.buffer.bytes': accepted(BUFFERS, "The size of the sockets' send buffers."),
  'socket.request.max.bytes': accepted('requests have no limit but those of batches', 'How large a request may be.'),
}

// prettier-ignore
export const LIFE_CYCLE_NOTES = {
  'broker.heartbeat.interval.ms': modelled('How often a broker tells the controller that it is alive.', { atLeast: 1 }),
  'broker.session.timeout.ms': modelled('After how long without a heartbeat the controller fences a broker.', { atLeast: 1 }),
  'initial.broker.registration.timeout.ms': modelled('How long a starting broker tries to register before it gives up.', { atLeast: 1 }),
  'controlled.shutdown.enable': modelled('Whether a broker that is asked to stop hands over its leaderships first.'),
  'controlled.shutdown.max.retries': accepted(ZK_SHUTDOWN, 'How often handing over leaderships is tried.'),
  'controlled.shutdown.retry.backoff.ms': accepted(ZK_SHUTDOWN, 'How long to wait before handing over is tried again.'),
  'server.max.startup.time.ms': accepted('starting takes what it takes', 'How long a broker may take to start before it gives up.'),
  'unstable.api.versions.enable': refused(BY_SWITCH, 'Whether unfinished versions of requests are offered.'),
  'unstable.feature.versions.enable': refused(BY_SWITCH, 'Whether unfinished levels of features are offered.'),
  'unstable.metadata.versions.enable': refused(BY_SWITCH, 'Whether unfinished metadata versions are offered.'),
}

// prettier-ignore
export const CONTROLLER_NOTES = {
  'controller.quorum.voters': refused(NODES_BY_SCENARIO, 'The controllers that vote, as id@host:port.'),
  'controller.quorum.bootstrap.servers': refused(NODES_BY_SCENARIO, 'The controllers that a node asks first.'),
  'controller.quorum.auto.join.enable': refused(NO_QUORUM, 'Whether a new controller joins the voters by itself.'),
  'controller.quorum.election.timeout.ms': accepted(NO_QUORUM, 'How long a candidate waits for votes.'),
  'controller.quorum.election.backoff.max.ms': accepted(NO_QUORUM, 'The longest pause before another try to be elected.'),
  'controller.quorum.fetch.timeout.ms': accepted(NO_QUORUM, 'How long a follower goes without a leader before it wants an election, and a leader without followers before it steps down.'),
  'controller.quorum.fetch.max.bytes': accepted('brokers fetch the metadata log whole', 'How much of the metadata log one answer may hold.'),
  'controller.quorum.fetch.snapshot.max.bytes': accepted(NO_SNAPSHOTS, 'How much of a snapshot one answer may hold.'),
  'controller.quorum.request.timeout.ms': modelled('How long a node waits for an answer about the metadata log.', { atLeast: 1 }),
  'controller.quorum.append.linger.ms': modelled('How long the controller gathers records before it writes them to disk.', { atLeast: 0 }),
  'controller.quorum.retry.backoff.ms': modelled('How long a node waits before it asks for the metadata log again.', { atLeast: 1 }),
  'controller.performance.sample.period.ms': accepted('the controller keeps no statistics', 'How often the controller logs its slowest events.'),
  'controller.performance.always.log.threshold.ms': accepted('the controller keeps no statistics', 'From which duration on every event of the controller is logged.'),
  'metadata.max.idle.interval.ms': modelled('After how long without a record the controller writes one that says nothing, so that all see that it is there.', { atLeast: 1 }),
  'metadata.log.dir': modelled('Directory of the metadata log, whose failure ends the broker; by default the first of log.dirs. A controller has its own place.'),
  'metadata.log.segment.bytes': accepted(NO_SNAPSHOTS, 'How large a segment of the metadata log grows.'),
  'metadata.log.segment.min.bytes': accepted(NO_SNAPSHOTS, 'How small a segment of the metadata log may be set to be.'),
  'metadata.log.segment.ms': accepted(NO_SNAPSHOTS, 'After how long a segment of the metadata log is closed.'),
  'metadata.log.max.record.bytes.between.snapshots': accepted(NO_SNAPSHOTS, 'After how many bytes of records a snapshot is made.'),
  'metadata.log.max.snapshot.interval.ms': accepted(NO_SNAPSHOTS, 'After how long a snapshot is made.'),
  'metadata.max.retention.bytes': accepted(NO_SNAPSHOTS, 'How large the metadata log may grow before its beginning goes.'),
  'metadata.max.retention.ms': accepted(NO_SNAPSHOTS, 'After how long the beginning of the metadata log goes.'),
  'internal.metadata.delete.delay.millis': accepted(NO_SNAPSHOTS, 'How long deleted files of the metadata log stay on disk.'),
  'internal.metadata.log.segment.bytes': accepted(NO_SNAPSHOTS, 'The size of segments of the metadata log in tests.'),
  'internal.metadata.max.batch.size.in.bytes': accepted('batches of the metadata log have no limit', 'How large a batch of the metadata log may be.'),
  'internal.metadata.max.fetch.size.in.bytes': accepted('brokers fetch the metadata log whole', 'How much of the metadata log one answer may hold.'),
}

// prettier-ignore
export const NODE_NOTES = {
  'node.id': refused(NODES_BY_SCENARIO, 'The number of a node.'),
  'broker.id': refused(NODES_BY_SCENARIO, 'The number of a broker.'),
  'broker.id.generation.enable': refused(NODES_BY_SCENARIO, 'Whether brokers without a number get one.'),
  'reserved.broker.max.id': refused(NODES_BY_SCENARIO, 'The largest number that is not given out.'),
  'broker.rack': refused('the scenario places brokers in racks: set cluster.racks', 'The rack in which a broker is.'),
  'process.roles': refused(NODES_BY_SCENARIO, 'Whether a node is a broker, a controller or both.'),
  'listeners': refused(NODES_BY_SCENARIO, 'The addresses on which a broker listens.'),
  'advertised.listeners': refused(NODES_BY_SCENARIO, 'The addresses that a broker gives to clients.'),
  'listener.security.protocol.map': refused(NODES_BY_SCENARIO, 'Which listener speaks which security protocol.'),
  'inter.broker.listener.name': refused(NODES_BY_SCENARIO, 'The listener on which brokers talk to each other.'),
  'control.plane.listener.name': refused(NODES_BY_SCENARIO, 'The listener on which a ZooKeeper controller talks to brokers.'),
  'controller.listener.names': refused(NODES_BY_SCENARIO, 'The listeners of controllers.'),
  'early.start.listeners': refused(NODES_BY_SCENARIO, 'Listeners that open before permissions are known.'),
  'inter.broker.protocol.version': refused('a cluster has one release, and brokers of others by cluster.brokers[].kafka', 'The release whose protocol brokers with ZooKeeper speak to each other.'),
  'alter.config.policy.class.name': refused(NO_PLUGINS, 'A class that may forbid changes of configs.'),
  'alter.config.policy.kraft.compatibility.enable': refused(NO_PLUGINS, 'Whether that class is asked as brokers with ZooKeeper did.'),
  'create.topic.policy.class.name': refused(NO_PLUGINS, 'A class that may forbid topics.'),
}

// prettier-ignore
export const ZOOKEEPER_NOTES = {
  'zookeeper.clientCnxnSocket': refused(NO_ZOOKEEPER, 'The class of the connection to ZooKeeper.'),
  'zookeeper.connect': refused(NO_ZOOKEEPER, 'Where ZooKeeper is.'),
  'zookeeper.connection.timeout.ms': refused(NO_ZOOKEEPER, 'How long connecting to ZooKeeper may take.'),
  'zookeeper.max.in.flight.requests': refused(NO_ZOOKEEPER, 'How many requests to ZooKeeper may be unanswered.'),
  'zookeeper.metadata.migration.enable': refused(NO_ZOOKEEPER, 'Whether metadata is moved from ZooKeeper to KRaft.'),
  'zookeeper.metadata.migration.min.batch.size': refused(NO_ZOOKEEPER, 'How many records are moved at a time at least.'),
  'zookeeper.session.timeout.ms': refused(NO_ZOOKEEPER, 'After how long without a sign of life ZooKeeper forgets a broker.'),
  'zookeeper.set.acl': refused(NO_ZOOKEEPER, 'Whether nodes in ZooKeeper are protected.'),
  'zookeeper.ssl.cipher.suites': refused(NO_ZOOKEEPER, 'The cipher suites towards ZooKeeper.'),
  'zookeeper.ssl.client.enable': refused(NO_ZOOKEEPER, 'Whether the connection to ZooKeeper is encrypted.'),
  'zookeeper.ssl.crl.enable': refused(NO_ZOOKEEPER, 'Whether revoked certificates are looked up in lists.'),
  'zookeeper.ssl.enabled.protocols': refused(NO_ZOOKEEPER, 'The TLS versions towards ZooKeeper.'),
  'zookeeper.ssl.endpoint.identification.algorithm': refused(NO_ZOOKEEPER, "How the name in ZooKeeper's certificate is checked."),
  'zookeeper.ssl.keystore.location': refused(NO_ZOOKEEPER, 'The file of the key store for ZooKeeper.'),
  'zookeeper.ssl.keystore.password': refused(NO_ZOOKEEPER, 'The password of that key store.'),
  'zookeeper.ssl.keystore.type': refused(NO_ZOOKEEPER, 'The format of that key store.'),
  'zookeeper.ssl.ocsp.enable': refused(NO_ZOOKEEPER, 'Whether revoked certificates are asked for online.'),
  'zookeeper.ssl.protocol': refused(NO_ZOOKEEPER, 'The TLS version to ask ZooKeeper for.'),
  'zookeeper.ssl.truststore.location': refused(NO_ZOOKEEPER, 'The file of the trust store for ZooKeeper.'),
  'zookeeper.ssl.truststore.password': refused(NO_ZOOKEEPER, 'The password of that trust store.'),
  'zookeeper.ssl.truststore.type': refused(NO_ZOOKEEPER, 'The format of that trust store.'),
}
