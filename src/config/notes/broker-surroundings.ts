// Broker keys of security, metrics, quotas and tiered storage: what surrounds a broker and is not modelled.

import { accepted, refused } from '../key-note.ts'
import { METRICS_NOTES } from './metrics.ts'
import { NO_METRICS, NO_PLUGINS, NO_QUOTAS, NO_SECURITY, TIERED } from './reasons.ts'
import { SECURITY_NOTES } from './security.ts'

const NO_TOKENS = 'there are no delegation tokens'

// prettier-ignore
export const BROKER_SECURITY_NOTES = {
  ...SECURITY_NOTES,
  'authorizer.class.name': accepted(NO_SECURITY, 'The class that says who may do what.'),
  'connections.max.reauth.ms': accepted(NO_SECURITY, 'After how long a client must authenticate again.'),
  'delegation.token.expiry.check.interval.ms': accepted(NO_TOKENS, 'How often expired tokens are removed.'),
  'delegation.token.expiry.time.ms': accepted(NO_TOKENS, 'How long a token is valid until it is renewed.'),
  'delegation.token.master.key': accepted(NO_TOKENS, 'The old name of delegation.token.secret.key.'),
  'delegation.token.max.lifetime.ms': accepted(NO_TOKENS, 'How long a token can be renewed.'),
  'delegation.token.secret.key': accepted(NO_TOKENS, 'The secret that tokens are made and checked with.'),
  'password.encoder.cipher.algorithm': accepted(NO_SECURITY, 'The cipher for passwords among dynamic configs in ZooKeeper.'),
  'password.encoder.iterations': accepted(NO_SECURITY, 'How often the key of that cipher is hashed.'),
  'password.encoder.key.length': accepted(NO_SECURITY, 'The length of the key of that cipher.'),
  'password.encoder.keyfactory.algorithm': accepted(NO_SECURITY, 'How the key of that cipher is made.'),
  'password.encoder.old.secret': accepted(NO_SECURITY, 'The secret of that cipher before it was changed.'),
  'password.encoder.secret': accepted(NO_SECURITY, 'The secret of that cipher.'),
  'principal.builder.class': accepted(NO_SECURITY, 'The class that says who is at the other end of a connection.'),
  'sasl.enabled.mechanisms': accepted(NO_SECURITY, 'How clients may authenticate themselves.'),
  'sasl.kerberos.principal.to.local.rules': accepted(NO_SECURITY, 'How Kerberos names become short ones.'),
  'sasl.mechanism.controller.protocol': accepted(NO_SECURITY, 'How nodes authenticate themselves to controllers.'),
  'sasl.mechanism.inter.broker.protocol': accepted(NO_SECURITY, 'How brokers authenticate themselves to each other.'),
  'sasl.server.callback.handler.class': accepted(NO_SECURITY, 'The class that checks credentials.'),
  'sasl.server.max.receive.size': accepted(NO_SECURITY, 'How large a message may be before its sender is known.'),
  'security.inter.broker.protocol': accepted(NO_SECURITY, 'Whether connections between brokers are encrypted and authenticated, and how.'),
  'ssl.allow.dn.changes': accepted(NO_SECURITY, 'Whether a new certificate may have another name.'),
  'ssl.allow.san.changes': accepted(NO_SECURITY, 'Whether a new certificate may lack alternative names of the old one.'),
  'ssl.client.auth': accepted(NO_SECURITY, 'Whether clients must show a certificate.'),
  'ssl.principal.mapping.rules': accepted(NO_SECURITY, 'How names of certificates become short ones.'),
}

// prettier-ignore
export const BROKER_METRICS_NOTES = {
  ...METRICS_NOTES,
  'kafka.metrics.polling.interval.secs': accepted(NO_METRICS, 'How often the reporters of kafka.metrics.reporters are asked.'),
  'kafka.metrics.reporters': accepted(NO_METRICS, 'The classes that the broker’s older metrics are reported to.'),
  'telemetry.max.bytes': accepted(NO_METRICS, 'How large the metrics that a client pushes may be.'),
}

// prettier-ignore
export const QUOTA_NOTES = {
  'quota.window.num': accepted(NO_QUOTAS, 'Over how many samples client quotas are measured.'),
  'quota.window.size.seconds': accepted(NO_QUOTAS, 'How long each of these samples is.'),
  'replication.quota.window.num': accepted(NO_QUOTAS, 'Over how many samples replication quotas are measured.'),
  'replication.quota.window.size.seconds': accepted(NO_QUOTAS, 'How long each of these samples is.'),
  'alter.log.dirs.replication.quota.window.num': accepted(NO_QUOTAS, 'Over how many samples moves between directories are measured.'),
  'alter.log.dirs.replication.quota.window.size.seconds': accepted(NO_QUOTAS, 'How long each of these samples is.'),
  'controller.quota.window.num': accepted(NO_QUOTAS, 'Over how many samples changes of topics are measured.'),
  'controller.quota.window.size.seconds': accepted(NO_QUOTAS, 'How long each of these samples is.'),
  'client.quota.callback.class': refused(NO_PLUGINS, 'A class that says which quota a client has.'),
}

// prettier-ignore
export const TIERED_NOTES = {
  'remote.log.storage.system.enable': refused(TIERED, 'Whether old segments may move to remote storage.'),
  'remote.fetch.max.wait.ms': accepted(TIERED, 'How long a fetch waits for remote storage.'),
  'remote.list.offsets.request.timeout.ms': accepted(TIERED, 'How long looking up an offset in remote storage may take.'),
  'remote.log.index.file.cache.total.size.bytes': accepted(TIERED, 'How much disk cached remote indexes may take.'),
  'remote.log.index.file.cache.ttl.ms': accepted(TIERED, 'How long a remote index is cached after its last use.'),
  'remote.log.manager.copier.thread.pool.size': accepted(TIERED, 'How many threads copy segments.'),
  'remote.log.manager.copy.max.bytes.per.second': accepted(TIERED, 'How fast segments are copied.'),
  'remote.log.manager.copy.quota.window.num': accepted(TIERED, 'Over how many samples copying is measured.'),
  'remote.log.manager.copy.quota.window.size.seconds': accepted(TIERED, 'How long each of these samples is.'),
  'remote.log.manager.expiration.thread.pool.size': accepted(TIERED, 'How many threads delete old remote segments.'),
  'remote.log.manager.fetch.max.bytes.per.second': accepted(TIERED, 'How fast remote segments are read.'),
  'remote.log.manager.fetch.quota.window.num': accepted(TIERED, 'Over how many samples reading is measured.'),
  'remote.log.manager.fetch.quota.window.size.seconds': accepted(TIERED, 'How long each of these samples is.'),
  'remote.log.manager.follower.thread.pool.size': accepted(TIERED, 'How many threads learn of remote segments for followers.'),
  'remote.log.manager.task.interval.ms': accepted(TIERED, 'How often segments are copied and deleted.'),
  'remote.log.manager.task.retry.backoff.max.ms': accepted(TIERED, 'The longest pause after a failed copy.'),
  'remote.log.manager.task.retry.backoff.ms': accepted(TIERED, 'The first pause after a failed copy.'),
  'remote.log.manager.task.retry.jitter': accepted(TIERED, 'How much chance is added to these pauses.'),
  'remote.log.manager.thread.pool.size': accepted(TIERED, 'How many threads do the work of remote storage.'),
  'remote.log.metadata.custom.metadata.max.bytes': accepted(TIERED, 'How much a storage plug-in may note about a segment.'),
  'remote.log.metadata.manager.class.name': accepted(TIERED, 'The class that keeps the list of remote segments.'),
  'remote.log.metadata.manager.class.path': accepted(TIERED, 'Where that class is.'),
  'remote.log.metadata.manager.impl.prefix': accepted(TIERED, 'What names of its own configs begin with.'),
  'remote.log.metadata.manager.listener.name': accepted(TIERED, 'The listener through which it reaches brokers.'),
  'remote.log.reader.max.pending.tasks': accepted(TIERED, 'How many reads may wait for remote storage.'),
  'remote.log.reader.threads': accepted(TIERED, 'How many threads read remote storage.'),
  'remote.log.storage.manager.class.name': accepted(TIERED, 'The class that stores segments remotely.'),
  'remote.log.storage.manager.class.path': accepted(TIERED, 'Where that class is.'),
  'remote.log.storage.manager.impl.prefix': accepted(TIERED, 'What names of its own configs begin with.'),
  'log.local.retention.bytes': accepted(TIERED, 'How much of a tiered partition stays on local disk.'),
  'log.local.retention.ms': accepted(TIERED, 'How long segments of a tiered partition stay on local disk.'),
  'log.remote.copy.lag.bytes': accepted(TIERED, 'How much of a partition may wait to be copied.'),
  'log.remote.copy.lag.ms': accepted(TIERED, 'How long a segment may wait to be copied.'),
}
