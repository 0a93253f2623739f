// The whole script, by cluster.

import { FETCH, DELETE_RECORDS } from './chapters/fetch.ts'
import { GROUP_FAILOVER } from './chapters/group-failover.ts'
import { GROUP_OF_ONE, GROUP_OF_TWO, NO_GROUP, SIMPLE_GROUP, STATIC_MEMBERS, TIME_PASSES } from './chapters/groups.ts'
import { IDEMPOTENCE, PRODUCER_IDS } from './chapters/idempotence.ts'
import { METADATA } from './chapters/metadata.ts'
import { EPOCH_ENDS, LIST_OFFSETS } from './chapters/offsets.ts'
import { BROKEN_BATCHES, PRODUCE, UNCHECKED_BATCHES } from './chapters/produce.ts'
import {
  CONTROLLED_SHUTDOWN,
  ELECTIONS,
  FAILOVER,
  FOLLOWERS,
  MIN_ISR,
  UNCLEAN_ELECTION,
} from './chapters/replication.ts'
import { FETCH_SESSIONS } from './chapters/sessions.ts'
import { CREATE_PARTITIONS, CREATE_TOPICS, DELETE_TOPICS } from './chapters/topics.ts'
import type { Chapter, Play } from './step.ts'
import { brokersUp } from './waiting.ts'

export const PLAYS: readonly Play[] = [
  play(
    'one broker',
    [1],
    [
      METADATA,
      PRODUCER_IDS,
      PRODUCE,
      BROKEN_BATCHES,
      UNCHECKED_BATCHES,
      IDEMPOTENCE,
      FETCH,
      LIST_OFFSETS,
      EPOCH_ENDS,
      FETCH_SESSIONS,
      DELETE_RECORDS,
      CREATE_PARTITIONS,
      DELETE_TOPICS,
      CREATE_TOPICS,
    ],
  ),
  play('three brokers', [1, 2, 3], [FOLLOWERS, ELECTIONS, FAILOVER, MIN_ISR, UNCLEAN_ELECTION, CONTROLLED_SHUTDOWN]),
  play('groups', [1], [NO_GROUP, SIMPLE_GROUP, GROUP_OF_ONE, GROUP_OF_TWO, STATIC_MEMBERS, TIME_PASSES]),
  play('groups on three brokers', [1, 2, 3], [GROUP_FAILOVER]),
]

function play(name: string, brokers: readonly number[], chapters: readonly Chapter[]): Play {
  const start: Chapter = { name: 'start', play: () => brokersUp(brokers) }
  return { name, brokers, chapters: [start, ...chapters] }
}
