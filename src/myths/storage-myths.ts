// Myths about reads from followers, and about what lies on a broker's disk.

import { resolveConfig } from '../config/resolve-config.ts'
import { KAFKA_VERSIONS } from '../config/versions.ts'
import { RESOURCE_TYPE } from '../metadata/metadata-image.ts'
import { recordAt } from '../scenario/story/records-in-log.ts'
import type { Myth } from './myth.ts'
import { seconds } from './seconds.ts'
import type { Witness } from './witness.ts'

const P = 'orders-0'
const BROKER = 1

interface SegmentFile {
  readonly name: string
  readonly sizeBytes: number
}

/** As they lie on the disk of a broker. */
function segmentFiles({ cluster }: Witness): SegmentFile[] {
  const { disk } = cluster.world.process(`broker-${BROKER}`).machine
  return disk.paths().flatMap((path) => {
    const name = path.startsWith(`data/${P}/`) ? path.slice(`data/${P}/`.length) : ''
    return name.endsWith('.log') ? [{ name, sizeBytes: disk.inspect(path)?.length ?? 0 }] : []
  })
}

export const STORAGE_MYTHS: readonly Myth[] = [
  {
    id: 'M56',
    slug: 'followers-serve-no-reads',
    claim: 'A follower serves no reads: consumers always read from the leader.',
    verdict: 'false',
    truth:
      "Since 2.4 a consumer may read from a follower in its rack, up to that follower's high watermark, if brokers have a replica selector. Without one it reads from the leader.",
    rules: 'R-129, R-130; KIP-392 (2.4)',
    probe: (witness) => {
      let fromMs = -1
      let untilMs = -1
      let read = 0
      let led = true
      witness.on('fault-applied', ({ targets }, atMs) => {
        fromMs = atMs
        led = targets.includes(`broker-${witness.committed(P)?.leader}`)
      })
      witness.on('fault-healed', (_, atMs) => (untilMs = atMs))
      witness.on('records-delivered', ({ records }, atMs) => {
        // What was on its way from the leader when it was cut off does not count.
        if (fromMs >= 0 && untilMs < 0 && atMs - fromMs > 500) read += records.length
      })
      return () => ({
        holds: untilMs < 0 || !led ? undefined : read === 0,
        facts: [
          `cut off from the leader for ${seconds(untilMs - fromMs)}, the consumer read ${read} new records in that time`,
        ],
      })
    },
  },
  {
    id: 'M57',
    slug: 'segments-of-500mb',
    claim: 'A segment of a log is 500 MB by default.',
    verdict: 'false',
    truth:
      'It is 1 GiB (log.segment.bytes). A segment ends where the next batch would not fit, so it is a little smaller.',
    rules: 'R-3, R-6',
    probe: (witness) => () => {
      const sizes = new Set(KAFKA_VERSIONS.map((kafka) => resolveConfig('broker', kafka, {})['log.segment.bytes']))
      const defaults = [...sizes]
      const closed = segmentFiles(witness).slice(0, -1)
      const ofTopic = witness.cluster.metadata?.configOf(RESOURCE_TYPE.topic, 'orders')
      const limit = Number(ofTopic?.get('segment.bytes'))
      const fits = closed.filter(({ sizeBytes }) => sizeBytes <= limit).length
      const facts = [
        `the default of releases ${KAFKA_VERSIONS[0]} to ${KAFKA_VERSIONS.at(-1)} is ${defaults.join(' or ')} bytes`,
        `with segment.bytes=${limit}, ${fits} of ${closed.length} closed segments are that large or smaller: ${closed.map(({ sizeBytes }) => sizeBytes).join(', ')} bytes`,
      ]
      const half = defaults.some((bytes) => bytes >= 500_000_000 && bytes <= 500 * 2 ** 20)
      return { holds: closed.length === 0 || fits < closed.length ? undefined : half, facts }
    },
  },
  {
    id: 'M58',
    slug: 'segment-named-after-the-last',
    claim: 'A segment file is named after the last offset of the segment before it.',
    verdict: 'false',
    truth:
      'It is named after the offset of its own first record, which is one more, in 20 digits. The same goes for the index files beside it.',
    rules: 'R-3, S-1',
    probe: (witness) => () => {
      const names = segmentFiles(witness).map(({ name }) => name)
      const log = witness.replica(BROKER, P)?.log
      const bases = names.slice(1).map((name) => Number(name.replace('.log', '')))
      const begins = bases.filter((base) => log !== undefined && recordAt(log, base)?.firstOffset === base)
      const facts = [
        `files: ${names.join(', ')}`,
        `${begins.length} of ${bases.length} names after the first are offsets at which a batch begins; the record before, at ${(bases[0] ?? 0) - 1}, is in the segment before`,
      ]
      const digits = names.every((name) => /^\d{20}\.log$/.test(name))
      return { holds: bases.length === 0 ? undefined : begins.length < bases.length || !digits, facts }
    },
  },
]
