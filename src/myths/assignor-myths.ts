// Myths about assignors: which there are, which is used, and how even it is.

import { resolveConfig } from '../config/resolve-config.ts'
import { KAFKA_VERSIONS } from '../config/versions.ts'
import type { Myth } from './myth.ts'
import type { Witness } from './witness.ts'

const RELEASES = `${KAFKA_VERSIONS[0]} to ${KAFKA_VERSIONS.at(-1)}`
const THREE = ['range', 'roundrobin', 'sticky']

/** `RangeAssignor`, without its package. */
function shortName(assignor: string): string {
  return assignor.slice(assignor.lastIndexOf('.') + 1)
}

/** What the group has agreed on last. */
function protocolOf(witness: Witness): () => string | undefined {
  let agreed: string | undefined
  witness.on('group-changed', ({ to, protocol }) => {
    if (to === 'Stable' && protocol !== null) agreed = protocol
  })
  return () => agreed
}

/** How many partitions each member has in the end, most first. */
function shares(witness: Witness): (group: string) => number[] {
  const owned = new Map<string, { readonly group: string; readonly count: number }>()
  witness.on('partitions-assigned', ({ client, group, owned: now }) => owned.set(client, { group, count: now.length }))
  return (wanted) => {
    const counts = [...owned.values()].filter(({ group }) => group === wanted).map(({ count }) => count)
    return counts.toSorted((a, b) => b - a)
  }
}

export const ASSIGNOR_MYTHS: readonly Myth[] = [
  {
    id: 'M43',
    slug: 'range-by-default',
    claim: 'The default assignor is range.',
    verdict: 'true',
    truth:
      'In effect it is. Since 3.0 the default is a list, range and cooperative-sticky: range is voted for, and the other is there so that a group can change over with one restart of each member.',
    rules: 'A-0, G-29; KIP-726 (3.0)',
    probe: (witness) => {
      const agreed = protocolOf(witness)
      return () => {
        const defaults = KAFKA_VERSIONS.map((kafka) =>
          resolveConfig('consumer', kafka, {})['partition.assignment.strategy'].map(shortName).join(', '),
        )
        const facts = [
          `the default of releases ${RELEASES} is ${[...new Set(defaults)].join(' or ')}`,
          `the group agreed on ${agreed() ?? 'nothing'}`,
        ]
        return { holds: agreed() === undefined ? undefined : agreed() === 'range', facts }
      }
    },
  },
  {
    id: 'M44',
    slug: 'three-assignors',
    claim: 'Kafka has three assignors: range, roundrobin and sticky.',
    verdict: 'false',
    truth:
      'Its Java client has a fourth, cooperative-sticky, since 2.4. Groups of the new protocol have two of their own on the broker, uniform and range.',
    rules: 'A-1, A-2, A-5, A-7; KIP-429 (2.4)',
    rows: 'settings',
    probe: (witness) => {
      const agreed = protocolOf(witness)
      const sharesOf = shares(witness)
      return () => ({
        holds: agreed() === undefined ? undefined : THREE.includes(agreed() ?? ''),
        facts: [
          `the group agreed on ${agreed() ?? 'nothing'}; its members have ${sharesOf('billing').join(' and ')} partitions`,
        ],
      })
    },
  },
  {
    id: 'M45',
    slug: 'range-skew-grows-with-members',
    claim: 'The more consumers, the more uneven range becomes.',
    verdict: 'false',
    truth:
      'It is uneven by one partition a topic at most, however many members there are. With many topics those add up, and always on the same members.',
    rules: 'A-1',
    probe: (witness) => {
      const sharesOf = shares(witness)
      return () => {
        const [few, many, wide] = ['few', 'many', 'wide'].map(sharesOf).map((counts) => ({
          counts,
          skew: (counts[0] ?? 0) - (counts.at(-1) ?? 0),
        }))
        if (few === undefined || many === undefined || wide === undefined) return { holds: undefined, facts: [] }
        const facts = [
          `${few.counts.length} members, one topic of 3 partitions: ${few.counts.join(', ')}`,
          `${many.counts.length} members, one topic: ${many.counts.join(', ')}`,
          `${wide.counts.length} members, several topics: ${wide.counts.join(', ')}`,
        ]
        const grows = many.skew > few.skew
        return { holds: grows || wide.skew > few.skew ? grows : undefined, facts }
      }
    },
  },
]
