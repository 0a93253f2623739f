// Keys that producers, consumers and admin clients share.

import { accepted, modelled, refused } from '../key-note.ts'
import { METRICS_NOTES } from './metrics.ts'
import { BUFFERS, BY_SCENARIO, IDLE_CONNECTIONS, NO_METRICS, NO_SECURITY, SETUP_TIMEOUT } from './reasons.ts'
import { SECURITY_NOTES } from './security.ts'

const NO_NAMES = 'there are no host names to resolve'

// prettier-ignore
export const CLIENT_NOTES = {
  ...SECURITY_NOTES,
  ...METRICS_NOTES,
  'bootstrap.servers': refused(BY_SCENARIO, 'The brokers that a client asks first.'),
  'bootstrap.resolve.timeout.ms': accepted(NO_NAMES, 'How long to go on resolving the names of the first brokers.'),
  'client.dns.lookup': accepted(NO_NAMES, 'Which of the addresses of a host name are tried.'),
  'client.id': refused(BY_SCENARIO, 'The name by which brokers know a client.'),
  'request.timeout.ms': modelled('How long a client waits for an answer before it drops the connection.'),
  'retry.backoff.ms': modelled('The first pause before a failed request is sent again.'),
  'retry.backoff.max.ms': modelled('The longest pause before a failed request is sent again.'),
  'reconnect.backoff.ms': modelled('The first pause before connecting again to a broker that could not be reached.'),
  'reconnect.backoff.max.ms': modelled('The longest pause before connecting again to a broker.'),
  'metadata.recovery.strategy': modelled('What to do when no known broker answers: start again from the first ones, or not.'),
  'metadata.recovery.rebootstrap.trigger.ms': accepted('clients start anew when no broker is left, not after a time', 'How long metadata may be impossible to get before a client starts anew.'),
  'metadata.max.age.ms': modelled('How old metadata may be before it is fetched again though nothing happened.'),
  'metadata.cluster.check.enable': accepted('there is one cluster', 'Whether brokers tell if a client has come to the wrong cluster.'),
  'socket.connection.setup.timeout.ms': modelled('How long setting up a connection may take at first.', { atLeast: 1 }),
  'socket.connection.setup.timeout.max.ms': accepted(SETUP_TIMEOUT, 'How long setting up a connection may take after several failures.'),
  'connections.max.idle.ms': accepted(IDLE_CONNECTIONS, 'After how long an unused connection is closed.'),
  'send.buffer.bytes': accepted(BUFFERS, "The size of the socket's send buffer."),
  'receive.buffer.bytes': accepted(BUFFERS, "The size of the socket's receive buffer."),
  'enable.metrics.push': accepted(NO_METRICS, 'Whether a client sends its metrics to the cluster if that asks for them.'),
  'sasl.mechanism': accepted(NO_SECURITY, 'How a client authenticates itself.'),
  'sasl.oauthbearer.header.urlencode': accepted(NO_SECURITY, 'Whether id and secret are URL-encoded when a token is asked for.'),
  'security.protocol': accepted(NO_SECURITY, 'Whether connections are encrypted and authenticated, and how.'),
}
