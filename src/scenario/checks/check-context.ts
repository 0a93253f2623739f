// What the checks of a file share: its shape, where its parts stand, and which of its parts are not to be trusted because
// something was cut off them.

import { DEFAULT_KAFKA_VERSION, isKafkaVersion, KAFKA_VERSIONS, type KafkaVersion } from '../../config/versions.ts'
import type { Problem } from '../text/diagnostics.ts'
import { extremes, highest, lowest } from '../text/draw.ts'
import type { MatrixRow } from '../language/matrix.ts'
import type { Reporter } from '../text/reporter.ts'
import type { ScenarioShape } from '../language/schema.ts'
import type { ShapedFile } from '../language/shape.ts'
import { nodeAt, type SourcePath } from '../text/source-tree.ts'

export type NamedSection = 'topics' | 'producers' | 'consumers' | 'monitors'

export type ContextMatrix = { readonly row: MatrixRow; readonly all: readonly MatrixRow[] } | 'none' | 'bad'

export class CheckContext {
  readonly shape: ScenarioShape
  readonly invariants: readonly string[]
  /** The row of the matrix that this is the file of, and all rows; `bad`: the matrix cannot be read. */
  readonly matrix: ContextMatrix
  private readonly file: ShapedFile
  private readonly reporter: Reporter
  private readonly wrong = new Set<string>()
  /** What was cut off, and what something was cut off from, as `keyOf` has them. */
  private readonly cuts: ReadonlySet<string>
  private readonly aroundCuts: ReadonlySet<string>

  /** `invariants` are the ids that `finds:` may name. */
  constructor(file: ShapedFile, reporter: Reporter, invariants: readonly string[], matrix: ContextMatrix) {
    this.shape = file.shape
    this.invariants = invariants
    this.matrix = matrix
    this.cuts = new Set(file.damage.map(keyOf))
    this.aroundCuts = new Set(file.damage.flatMap((cut) => cut.map((_, i) => keyOf(cut.slice(0, i)))))
    this.file = file
    this.reporter = reporter
  }

  report(path: SourcePath, problem: Problem): void {
    this.note(path, problem)
    this.reporter.at(path, problem, this.file.tree)
  }

  reportKey(path: SourcePath, problem: Problem): void {
    this.note(path, problem)
    this.reporter.atKey(path, problem, this.file.tree)
  }

  /** Was something refused in this part of the file? */
  hasErrorIn(section: string): boolean {
    return this.wrong.has(section)
  }

  private note([section]: SourcePath, { severity = 'error' }: Problem): void {
    if (severity === 'error' && section !== undefined) this.wrong.add(String(section))
  }

  /** `14:11`, where the key at the end of the path stands. */
  positionOf(path: SourcePath): string {
    const { line, column } = nodeAt(this.file.tree, path)?.keySpan ?? this.file.tree.span
    return `${line}:${column}`
  }

  /** Names as written, also of what is otherwise wrong. */
  names(section: NamedSection): readonly string[] {
    const content = nodeAt(this.file.whole, [section])?.content
    return content?.kind === 'mapping' ? [...content.entries.keys()] : []
  }

  /** Was anything at or below this path cut off, or something around it? */
  isDamaged(path: SourcePath): boolean {
    if (this.aroundCuts.has(keyOf(path)) || this.cuts.has('')) return true
    return path.some((_, i) => this.cuts.has(keyOf(path.slice(0, i + 1))))
  }

  /** All releases that may be drawn for the file, or for the broker at this place of its list. */
  versions(broker?: number): readonly KafkaVersion[] {
    const { brokers } = this.shape.cluster
    const own = broker === undefined || 'kind' in brokers ? undefined : brokers[broker]?.kafka
    const kafka = own ?? this.shape.kafka
    const versions = kafka === undefined ? [DEFAULT_KAFKA_VERSION] : extremes(kafka).filter(isKafkaVersion)
    return versions.length > 0 ? versions : [DEFAULT_KAFKA_VERSION]
  }

  /** `versions` of every node. */
  allVersions(): readonly KafkaVersion[] {
    const { brokers } = this.shape.cluster
    const own = 'kind' in brokers ? [] : brokers.flatMap((_, i) => this.versions(i))
    return KAFKA_VERSIONS.filter((version) => this.versions().includes(version) || own.includes(version))
  }

  /** Ids that exist whatever is drawn; undefined if that is not known. */
  brokerIds(): readonly number[] | undefined {
    if (this.isDamaged(['cluster', 'brokers'])) return undefined
    const { brokers } = this.shape.cluster
    if (!('kind' in brokers)) return brokers.map(({ id }) => id)
    return Array.from({ length: lowest(brokers) }, (_, i) => i + 1)
  }

  racks(): readonly string[] {
    const { brokers, racks } = this.shape.cluster
    if (racks !== undefined) return racks
    return 'kind' in brokers ? [] : brokers.flatMap(({ rack }) => (rack === undefined ? [] : [rack]))
  }

  /** Partitions that the topic has whatever is drawn; undefined if that is not known. */
  partitionsOf(topic: string): number | undefined {
    const path = ['topics', topic]
    const shape = this.shape.topics[topic]
    if (shape === undefined || this.isDamaged(path)) return undefined
    if (shape.partitions !== undefined) return lowest(shape.partitions)
    if (shape.replicas !== undefined) return shape.replicas.length
    const byDefault = this.shape.cluster.config?.['num.partitions']
    if (byDefault === undefined) return 1
    const numbers = extremes(byDefault).map(Number)
    return numbers.every(Number.isInteger) ? Math.min(...numbers) : undefined
  }

  /** When the run ends at the earliest, µs. */
  shortestUs(): number {
    return lowest(this.shape.duration)
  }

  longestUs(): number {
    return highest(this.shape.duration)
  }
}

function keyOf(path: SourcePath): string {
  return path.join('\u0000')
}
