// Myths about coordinators: who is one, where offsets are kept, and when a member is given up.

import { OFFSETS_TOPIC } from '../broker/internal-topics.ts'
import { resolveConfig } from '../config/resolve-config.ts'
import { KAFKA_VERSIONS } from '../config/versions.ts'
import { javaStringHash } from '../group/group-partition.ts'
import { javaMathAbs } from './java-math.ts'
import type { Myth } from './myth.ts'
import { seconds } from './seconds.ts'

const RELEASES = `${KAFKA_VERSIONS[0]} to ${KAFKA_VERSIONS.at(-1)}`

export const COORDINATOR_MYTHS: readonly Myth[] = [
  {
    id: 'M38',
    slug: 'session-of-10s',
    claim: 'By default a member that is silent for 10 s (session.timeout.ms) is thrown out of its group.',
    verdict: 'false',
    truth:
      'The default is 45 s since 3.0; it was 10 s before. Other clients have their own: librdkafka 45 s, kafkajs 30 s.',
    rules: 'C-10, G-31; KIP-735 (3.0)',
    probe: (witness) => {
      let killedMs: number | undefined
      let outMs: number | undefined
      witness.on('fault-applied', (_, atMs) => (killedMs = atMs))
      witness.on('group-member-changed', ({ change }, atMs) => {
        if (change === 'expired') outMs ??= atMs
      })
      return () => {
        const defaults = new Set(
          KAFKA_VERSIONS.map((kafka) => resolveConfig('consumer', kafka, {})['session.timeout.ms']),
        )
        const silentMs = (outMs ?? 0) - (killedMs ?? 0)
        const facts = [
          `the default of releases ${RELEASES} is ${[...defaults].join(' or ')} ms`,
          outMs === undefined
            ? 'nobody was thrown out'
            : `a member that was killed at ${seconds(killedMs ?? -1)} was thrown out ${seconds(silentMs)} later`,
        ]
        // A heartbeat, which comes every 3 s, may have been sent just before.
        return { holds: outMs === undefined ? undefined : silentMs > 6000 && silentMs <= 10_500, facts }
      }
    },
  },
  {
    id: 'M46',
    slug: 'empty-takes-joins-only',
    claim: 'An Empty group accepts nothing but JoinGroup.',
    verdict: 'false',
    truth:
      'It serves commits of anybody, reads of its offsets, and its own deletion. It is a group with members that refuses commits from outside.',
    rules: 'G-19, G-23, C-25',
    probe: (witness) => {
      let setWhileEmpty = 0
      const refused = new Map<string, number>()
      let startedAt: number | undefined
      witness.on('group-offset-committed', ({ acknowledged, generation, groupState }) => {
        if (acknowledged && generation < 0 && groupState === 'Empty') setWhileEmpty += 1
      })
      witness.on('admin-answered', ({ error }) => {
        if (error !== null) refused.set(error, (refused.get(error) ?? 0) + 1)
      })
      witness.on('records-delivered', ({ records }) => {
        if (setWhileEmpty > 0) startedAt ??= records[0]?.offset
      })
      return () => ({
        holds: setWhileEmpty === 0 && refused.size === 0 ? undefined : setWhileEmpty === 0,
        facts: [
          `while the group was Empty, offsets of ${setWhileEmpty} partitions were set from outside`,
          startedAt === undefined ? 'nobody read after that' : `its member then began at offset ${startedAt}`,
          `refused while it had a member: ${[...refused].map(([error, count]) => `${error} × ${count}`).join(', ') || 'nothing'}`,
        ],
      })
    },
  },
  {
    id: 'M51',
    slug: 'one-offsets-partition',
    claim: '__consumer_offsets has one partition and one replica by default.',
    verdict: 'false',
    truth:
      'It has 50 partitions and three replicas. One replica is what the sample server.properties says, for a broker that is alone.',
    rules: 'G-1',
    probe: (witness) => () => {
      const partitions = witness.cluster.metadata?.topics.get(OFFSETS_TOPIC)?.partitions ?? []
      const replicas = [...new Set(partitions.map((partition) => partition.replicas.length))]
      return {
        holds: partitions.length === 0 ? undefined : partitions.length === 1 && replicas.join() === '1',
        facts: [
          `${OFFSETS_TOPIC} was created with ${partitions.length} partitions of ${replicas.join(' or ')} replicas`,
        ],
      }
    },
  },
  {
    id: 'M52',
    slug: 'coordinator-by-math-abs',
    claim: 'The coordinator of a group leads partition Math.abs(hash of the group id) % 50 of __consumer_offsets.',
    verdict: 'false',
    truth:
      "Nearly: Kafka's own Utils.abs makes 0 of -2147483648, which Math.abs leaves as it is. For all other hashes both say the same.",
    rules: 'G-1, G-3, G-4',
    probe: (witness) => {
      let home = -1
      let group = ''
      witness.on('group-changed', (event) => {
        group = event.group
        home = Number(event.partition.slice(event.partition.lastIndexOf('-') + 1))
      })
      return () => {
        const count = witness.cluster.metadata?.topics.get(OFFSETS_TOPIC)?.partitions.length ?? 0
        const hash = javaStringHash(group)
        const claimed = javaMathAbs(hash) % count
        const facts = [
          `the hash of "${group}" is ${hash}; Math.abs(${hash}) % ${count} would be ${claimed}`,
          `the group is in partition ${home}`,
        ]
        return { holds: home < 0 ? undefined : home === claimed, facts }
      }
    },
  },
  {
    id: 'M53',
    slug: 'made-by-the-first-consumer',
    claim: '__consumer_offsets is created when the first consumer reads.',
    verdict: 'false',
    truth:
      'It is created when somebody first asks for the coordinator of a group (FindCoordinator). A consumer that is in no group and commits nothing never does.',
    rules: 'G-5',
    probe: (witness) => {
      let readMs: number | undefined
      let createdMs: number | undefined
      let reader = ''
      witness.on('records-delivered', ({ client }, atMs) => {
        if (readMs === undefined) reader = client
        readMs ??= atMs
      })
      witness.on('partition-changed', ({ partition }, atMs) => {
        if (partition.startsWith(`${OFFSETS_TOPIC}-`)) createdMs ??= atMs
      })
      return () => {
        const facts = [
          `the first record was read at ${seconds(readMs ?? -1)}, by ${reader}`,
          createdMs === undefined
            ? `${OFFSETS_TOPIC} was not created`
            : `${OFFSETS_TOPIC} was created at ${seconds(createdMs)}`,
        ]
        const isSeen = readMs !== undefined && createdMs !== undefined
        return { holds: isSeen ? (createdMs ?? 0) <= (readMs ?? 0) : undefined, facts }
      }
    },
  },
]
