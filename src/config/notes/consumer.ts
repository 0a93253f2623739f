// Keys of consumers.

import { accepted, modelled, refused } from '../key-note.ts'
import { CLIENT_NOTES } from './client.ts'
import { GROUPS, NO_PLUGINS, SHARE_GROUPS } from './reasons.ts'

const BYTES = 'consumers read bytes'

// prettier-ignore
export const CONSUMER_NOTES = {
  ...CLIENT_NOTES,
  'auto.offset.reset': modelled('Where to start without a position, or with one that the log does not hold.', {
    only: ['latest', 'earliest', 'none'],
  }),
  'isolation.level': modelled('Whether records of open and aborted transactions are seen.'),
  'fetch.min.bytes': modelled('How much data a broker waits for before it answers a fetch.'),
  'fetch.max.bytes': modelled('How much data one answer may hold.'),
  'fetch.max.wait.ms': modelled('How long a broker waits for `fetch.min.bytes`.'),
  'max.partition.fetch.bytes': modelled('How much data of one partition an answer may hold.'),
  'check.crcs': modelled('Whether the checksums of batches are verified.'),
  'client.rack': modelled('The rack in which a consumer is: it may read from the follower there.'),
  'default.api.timeout.ms': accepted('assigned consumers wait as long as it takes', 'How long calls without a timeout of their own may take.'),
  'allow.auto.create.topics': accepted('topics are those of the scenario', 'Whether asking for a topic may create it.'),
  'exclude.internal.topics': accepted('nobody subscribes by pattern', 'Whether a subscription by pattern leaves internal topics out.'),
  'max.poll.records': accepted('records are handed over as they are fetched', 'How many records one poll() returns.'),
  'max.poll.interval.ms': refused(GROUPS, 'How long a member may take between two polls before it is thrown out of its group.'),
  'group.id': refused(GROUPS, 'The group that a consumer is a member of.'),
  'group.instance.id': refused(GROUPS, 'The name of a static member, who may restart without a rebalance.'),
  'group.protocol': refused(GROUPS, 'How members and coordinator agree: the classic way, or that of KIP-848.'),
  'group.remote.assignor': refused(GROUPS, 'The assignor that the coordinator is to use (KIP-848).'),
  'session.timeout.ms': refused(GROUPS, 'After how long without a heartbeat a member counts as dead.'),
  'heartbeat.interval.ms': refused(GROUPS, 'How often a member tells the coordinator that it is alive.'),
  'enable.auto.commit': refused(GROUPS, 'Whether positions are committed in the background.'),
  'auto.commit.interval.ms': refused(GROUPS, 'How often positions are committed in the background.'),
  'partition.assignment.strategy': refused(GROUPS, 'The assignors that a member knows, the one it likes best first.'),
  'internal.leave.group.on.close': refused(GROUPS, 'Whether a member that closes says so to its coordinator.'),
  'internal.throw.on.fetch.stable.offset.unsupported': refused(GROUPS, 'Whether a broker too old for stable offsets is an error.'),
  'share.acknowledgement.mode': refused(SHARE_GROUPS, 'Whether records of a share group are acknowledged one by one.'),
  'share.acquire.mode': refused(SHARE_GROUPS, 'Whether a share consumer takes whole batches or counts records.'),
  'interceptor.classes': refused(NO_PLUGINS, 'Classes that see records before the application does.'),
  'key.deserializer': accepted(BYTES, 'The class that makes keys of bytes.'),
  'value.deserializer': accepted(BYTES, 'The class that makes values of bytes.'),
}
