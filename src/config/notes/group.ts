// Keys that are set for one group, over what the brokers say. A scenario has no place for them yet.

import { refused } from '../key-note.ts'
import { GROUPS, SHARE_GROUPS, STREAMS_GROUPS } from './reasons.ts'

const consumer = (doc: string): ReturnType<typeof refused> => refused(GROUPS, doc)
const share = (doc: string): ReturnType<typeof refused> => refused(SHARE_GROUPS, doc)
const streams = (doc: string): ReturnType<typeof refused> => refused(STREAMS_GROUPS, doc)

// prettier-ignore
export const GROUP_NOTES = {
  'consumer.assignment.interval.ms': consumer('The least time between two assignments of this group.'),
  'consumer.assignor.offload.enable': consumer('Whether assignments are computed off the threads of the coordinator.'),
  'consumer.heartbeat.interval.ms': consumer('How often members of this group send heartbeats (KIP-848).'),
  'consumer.session.timeout.ms': consumer('After how long without a heartbeat a member of this group counts as dead (KIP-848).'),
  'errors.deadletterqueue.copy.record.enable': share('Whether a record given up goes whole to the dead letter queue.'),
  'errors.deadletterqueue.topic.name': share('The topic to which records given up go.'),
  'share.assignment.interval.ms': share('The least time between two assignments of this group.'),
  'share.assignor.offload.enable': share('Whether assignments are computed off the threads of the coordinator.'),
  'share.auto.offset.reset': share('Where a share group begins to read.'),
  'share.delivery.count.limit': share('How often one record is tried before it is given up.'),
  'share.heartbeat.interval.ms': share('How often members of this group send heartbeats.'),
  'share.isolation.level': share('Whether records of open and aborted transactions are seen.'),
  'share.partition.max.record.locks': share('How many records of a partition may be out with members at a time.'),
  'share.record.lock.duration.ms': share('How long a record is kept for the member that took it.'),
  'share.renew.acknowledge.enable': share('Whether a member may ask for more time with a record.'),
  'share.session.timeout.ms': share('After how long without a heartbeat a member of this group counts as dead.'),
  'streams.acceptable.recovery.lag': streams('How far behind a task may be and still count as caught up.'),
  'streams.assignment.interval.ms': streams('The least time between two assignments of this group.'),
  'streams.assignor.name': streams('The assignor of this group.'),
  'streams.assignor.offload.enable': streams('Whether assignments are computed off the threads of the coordinator.'),
  'streams.heartbeat.interval.ms': streams('How often members of this group send heartbeats.'),
  'streams.initial.rebalance.delay.ms': streams('How long an empty group waits for more members before its first assignment.'),
  'streams.num.standby.replicas': streams('How many standby copies each task has.'),
  'streams.num.warmup.replicas': streams('How many tasks may warm up elsewhere at a time.'),
  'streams.rack.aware.assignment.tags': streams('The tags by which standby copies are kept apart.'),
  'streams.session.timeout.ms': streams('After how long without a heartbeat a member of this group counts as dead.'),
  'streams.task.offset.interval.ms': streams('How often members tell how far their tasks are.'),
}
