// Keys of consumers.

import { accepted, modelled, refused } from '../key-note.ts'
import { CLIENT_NOTES } from './client.ts'
import { KIP_848, NO_PLUGINS, SHARE_GROUPS } from './reasons.ts'

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
  'default.api.timeout.ms': modelled('How long calls without a timeout of their own may take.'),
  'allow.auto.create.topics': accepted('topics are those of the scenario', 'Whether asking for a topic may create it.'),
  'exclude.internal.topics': accepted('nobody subscribes by pattern', 'Whether a subscription by pattern leaves internal topics out.'),
  'max.poll.records': modelled('How many records one poll() returns.'),
  'max.poll.interval.ms': modelled('How long a member may take between two polls before it is thrown out of its group.'),
  'group.id': refused('a group is named like its consumers', 'The group that a consumer is a member of.'),
  'group.instance.id': modelled('The name of a static member, who may restart without a rebalance.'),
  'group.protocol': refused(KIP_848, 'How members and coordinator agree: the classic way, or that of KIP-848.'),
  'group.remote.assignor': refused(KIP_848, 'The assignor that the coordinator is to use (KIP-848).'),
  'session.timeout.ms': modelled('After how long without a heartbeat a member counts as dead.'),
  'heartbeat.interval.ms': modelled('How often a member tells the coordinator that it is alive.'),
  'enable.auto.commit': modelled('Whether the client commits positions by itself, inside poll(), before it gives partitions up and when it closes.'),
  'auto.commit.interval.ms': modelled('How often positions are committed, inside poll().'),
  'partition.assignment.strategy': modelled('The assignors that a member knows, the one it likes best first.'),
  'internal.leave.group.on.close': refused('members that close always say so', 'Whether a member that closes says so to its coordinator.'),
  'internal.throw.on.fetch.stable.offset.unsupported': refused('no broker here is that old', 'Whether a broker too old for stable offsets is an error.'),
  'share.acknowledgement.mode': refused(SHARE_GROUPS, 'Whether records of a share group are acknowledged one by one.'),
  'share.acquire.mode': refused(SHARE_GROUPS, 'Whether a share consumer takes whole batches or counts records.'),
  'interceptor.classes': refused(NO_PLUGINS, 'Classes that see records before the application does.'),
  'key.deserializer': accepted(BYTES, 'The class that makes keys of bytes.'),
  'value.deserializer': accepted(BYTES, 'The class that makes values of bytes.'),
}
