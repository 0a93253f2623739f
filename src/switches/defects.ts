// Which known defects a cluster has: those that its scenario brings back on purpose, and those that its old releases have
// of themselves. Whoever judges a run must know both apart: the first may lead to anything, the second only to what is
// known of them.

import { KAFKA_VERSIONS, type KafkaVersion } from '../config/versions.ts'
import type { Features } from './features.ts'
import {
  type BreaksWhere,
  SWITCHES,
  type SwitchDefinition,
  type SwitchName,
  type Switches,
  valueIn,
} from './switches.ts'

/** Switches whose other value is safer than what any release does. */
const BETTER_THAN_KAFKA: ReadonlySet<string> = new Set<SwitchName>([
  'trustLeoAcrossSameLeaderEpochs',
  'produceEpochCheck',
])

export interface Defects {
  /** `maximalIsr: false`: set by the scenario, and not what its release does. */
  readonly onPurpose: readonly string[]
  readonly missingFixes: readonly MissingFix[]
}

/** What a release lacks. */
export interface MissingFix {
  /** `KIP-903 is not in Kafka 3.4 (isrBrokerEpochCheck: false; since 3.5)`. */
  readonly text: string
  /** Rules of the invariants that it may break; never empty. */
  readonly breaks: readonly string[]
  readonly where: BreaksWhere
}

/** Of a cluster with nodes of these releases. */
export function defectsOf(nodes: readonly KafkaVersion[], features: Features, overrides: Partial<Switches>): Defects {
  const releases = KAFKA_VERSIONS.filter((version) => nodes.includes(version))
  const rows = Object.entries<SwitchDefinition>(SWITCHES)
  const set = new Map<string, unknown>(Object.entries(overrides))
  const isOnAnywhere = (name: 'elr'): boolean =>
    (set.get(name) ?? releases.some((kafka) => valueIn(SWITCHES[name], kafka, features))) === true
  const onPurpose = rows.flatMap(([name, row]) => {
    const value = set.get(name)
    // Undoing a defect is none, and neither is doing better than Kafka.
    if (value === undefined || value === row.values[0] || BETTER_THAN_KAFKA.has(name)) return []
    return releases.some((kafka) => valueIn(row, kafka, features) !== value) ? [`${name}: ${String(value)}`] : []
  })
  const missingFixes = rows.flatMap(([name, row]): MissingFix[] => {
    if (row.breaks.length === 0 || set.has(name)) return []
    if (row.within !== undefined && !isOnAnywhere(row.within)) return []
    const without = releases.filter((kafka) => valueIn(row, kafka, features) !== row.values[0])
    if (without.length === 0) return []
    return [{ text: describe(name, row, without, features), breaks: row.breaks, where: row.breaksWhere }]
  })
  return { onPurpose, missingFixes }
}

function describe(
  name: string,
  { changedBy, since, values }: SwitchDefinition,
  without: readonly KafkaVersion[],
  features: Features,
): string {
  const byFeature = since.startsWith('metadata.version')
  const where = byFeature ? `metadata.version ${features['metadata.version']}` : `Kafka ${without.join(', ')}`
  return `${changedBy} is not in ${where} (${name}: ${String(values[1])}; since ${since})`
}
