// `matrix:` — one file, several runs. Each row sets some places of the file: all combinations of `path: [values]`, or
// the rows of `include:`, each with a label. Paths are those of `--set`; a mapping is merged into what stands there.

import type { Where } from './expectation.ts'
import { put, splitPath } from './overrides.ts'
import type { Reporter } from '../text/reporter.ts'
import { placeAt } from './schema-walk.ts'
import {
  childOf,
  copyOf,
  nodeAt,
  plainValue,
  removeAt,
  sizeOf,
  type SourceNode,
  type SourcePath,
} from '../text/source-tree.ts'
import { flowText, type PlainValue } from '../text/to-yaml.ts'

export interface RowSetting {
  /** As `--set` takes it. */
  readonly path: string
  /** The end of the path that tells it from the other settings: `acks`. */
  readonly name: string
  readonly value: PlainValue
  /** The value as `--set` takes it. */
  readonly text: string
}

export interface MatrixRow {
  readonly label: string
  /** From `include:`: only the label names it for sure. */
  readonly included: boolean
  readonly settings: readonly RowSetting[]
}

/** A row, and how to make the file of it. */
export interface RowOfFile extends MatrixRow {
  /** The whole file without its matrix, with this row's settings. */
  tree(): SourceNode
}

export interface Matrix {
  /** All that the file has: what `where:` may name. */
  readonly all: readonly MatrixRow[]
  /** Those to run: what overrides leave. */
  readonly rows: readonly RowOfFile[]
}

const MAX_ROWS = 1000
/** Of all rows together: each is read and checked by itself. */
const MAX_VALUES = 100_000

/** Undefined without a matrix, or when it is no good; then the reporter knows. `root` stays as it is. */
export function readMatrix(root: SourceNode, overrides: readonly string[], reporter: Reporter): Matrix | undefined {
  const node = childOf(root, 'matrix')
  if (node === undefined) return undefined
  const reader = new MatrixReader(root, reporter)
  const found = reader.read(node)
  if (found === undefined || reader.failed) return undefined
  const values = sizeOf(root) * found.length
  if (found.length > MAX_ROWS || values > MAX_VALUES) {
    const message = `the matrix is too large: ${found.length} rows of ${sizeOf(root)} values (at most ${MAX_ROWS} rows, ${MAX_VALUES} values)`
    reporter.at(['matrix'], { code: 'KS109', message }, root)
    return undefined
  }
  return { all: found.map(describe), rows: overridden(root, found, overrides).map((row) => rowOfFile(root, row)) }
}

/** Does this row set what ends in `name` to one of these values? */
export function rowMatches(row: MatrixRow, where: Where): boolean {
  return Object.entries(where).every(([name, values]) => {
    if (name === 'label') return values.some((value) => settingText(value) === row.label)
    const settings = row.settings.filter(({ path }) => isNamed(path, name))
    return settings.some((setting) => values.some((value) => settingText(value) === settingText(setting.value)))
  })
}

/** As `where:` writes it; mappings, which have no text of their own, as JSON. */
export function settingText(value: unknown): string {
  return typeof value === 'object' && value !== null ? JSON.stringify(value) : String(value)
}

export function isNamed(path: string, name: string): boolean {
  return path === name || path.endsWith(`.${name}`)
}

interface Setting {
  readonly steps: readonly (string | number)[]
  readonly node: SourceNode
  /** Where the matrix says it. */
  readonly at: SourcePath
}

interface FoundRow {
  /** Undefined: made of the settings. */
  readonly label: string | undefined
  readonly settings: readonly Setting[]
}

class MatrixReader {
  failed = false
  private readonly root: SourceNode
  private readonly reporter: Reporter

  constructor(root: SourceNode, reporter: Reporter) {
    this.root = root
    this.reporter = reporter
  }

  read(node: SourceNode): FoundRow[] | undefined {
    if (node.content.kind !== 'mapping' || node.content.entries.size === 0) {
      return this.refuse(['matrix'], 'KS151', 'a matrix is a mapping of paths to lists, or has include:')
    }
    const { entries } = node.content
    const include = entries.get('include')
    if (include !== undefined && entries.size > 1)
      return this.refuse(['matrix'], 'KS151', 'a matrix has include: or paths, not both')
    const rows = include === undefined ? this.product(entries) : this.included(include)
    for (const { settings } of rows ?? []) this.checkReach(settings)
    return rows
  }

  /** What leads through a value, of the file or of the same row, would change nothing. */
  private checkReach(settings: readonly Setting[]): void {
    const valueAt = (steps: SourcePath, before: readonly Setting[]): boolean => {
      const set = before.findLast((setting) => setting.steps.join('.') === steps.join('.'))?.node
      const { content } = set ?? nodeAt(this.root, steps) ?? { content: undefined }
      return content?.kind === 'scalar' && content.value !== null
    }
    for (const [i, { steps, at }] of settings.entries()) {
      const value = steps.findIndex((_, n) => n > 0 && valueAt(steps.slice(0, n), settings.slice(0, i)))
      if (value < 0) continue
      const [path, through] = [steps.join('.'), steps.slice(0, value).join('.')]
      this.failed = true
      const message = `"${path}" leads through "${through}", which is no mapping`
      const suggestion = `set "${through}" to a mapping: { ${steps.slice(value).join('.')}: … }`
      this.reporter.atKey(at, { code: 'KS150', message, suggestion }, this.root)
    }
  }

  private product(entries: ReadonlyMap<string, SourceNode>): FoundRow[] | undefined {
    let rows: FoundRow[] = [{ label: undefined, settings: [] }]
    for (const [path, values] of entries) {
      const at = ['matrix', path]
      if (values.content.kind !== 'list' || values.content.items.length === 0) {
        this.refuse(at, 'KS151', `"${path}" needs a list of values, with at least one`)
        continue
      }
      const { items } = values.content
      const texts = items.map((item) => flowText(plainOf(item)))
      const again = texts.find((text, i) => texts.indexOf(text) < i)
      if (again !== undefined) this.refuse(at, 'KS151', `"${path}" has ${again} twice`)
      if (rows.length * items.length > MAX_ROWS) {
        return this.refuse(at, 'KS109', `the matrix has more than ${MAX_ROWS} rows`)
      }
      const choices = items.map((item) => this.settingsAt(path, item, at))
      rows = rows.flatMap((row) =>
        choices.map((settings) => ({ label: undefined, settings: [...row.settings, ...settings] })),
      )
    }
    return rows
  }

  private included(include: SourceNode): FoundRow[] | undefined {
    const at = ['matrix', 'include']
    if (include.content.kind !== 'list' || include.content.items.length === 0) {
      return this.refuse(at, 'KS151', 'include: needs a list of rows, with at least one')
    }
    const labels = new Set<string>()
    return include.content.items.map((item, i) => {
      const row = [...at, i]
      const name = childOf(item, 'label')?.content
      const label = name?.kind === 'scalar' && typeof name.value === 'string' ? name.value : undefined
      if (item.content.kind !== 'mapping' || label === undefined) {
        this.refuse(row, 'KS151', 'a row of include: is a mapping with a label: and the paths it sets')
        return { label: '', settings: [] }
      }
      if (labels.has(label)) this.refuse([...row, 'label'], 'KS151', `two rows have the label "${label}"`)
      labels.add(label)
      const paths = [...item.content.entries].filter(([key]) => key !== 'label')
      return { label, settings: paths.flatMap(([path, value]) => this.settingsAt(path, value, [...row, path])) }
    })
  }

  /** A mapping is taken apart, so that it is merged with what is there; a value that is none is replaced. */
  private settingsAt(path: string, node: SourceNode, at: SourcePath): Setting[] {
    const found = splitPath(this.root, path)
    if (!found.ok) {
      const problem = { code: 'KS150', message: `the matrix sets what does not exist: "${path}"` } as const
      this.reporter.atKey(at, { ...problem, suggestion: found.suggestion }, this.root)
      this.failed = true
      return []
    }
    if (found.steps[0] === 'matrix') {
      this.refuse(at, 'KS150', 'a matrix cannot set itself')
      return []
    }
    const kind = placeAt(found.steps)?.kind
    const written = nodeAt(this.root, found.steps)?.content
    const isReplaced = written !== undefined && written.kind !== 'mapping'
    if (node.content.kind !== 'mapping' || (kind !== 'mapping' && kind !== 'names') || isReplaced) {
      return [{ steps: found.steps, node, at }]
    }
    return [...node.content.entries].flatMap(([key, value]) => this.settingsAt(`${path}.${key}`, value, at))
  }

  private refuse(at: SourcePath, code: 'KS109' | 'KS150' | 'KS151', message: string): undefined {
    this.failed = true
    this.reporter.atKey(at, { code, message }, this.root)
    return undefined
  }
}

/**
 * `--set` of what the matrix sets chooses the rows that set it so. If none does, it is as if the matrix did not set it.
 */
function overridden(root: SourceNode, found: readonly FoundRow[], overrides: readonly string[]): FoundRow[] {
  let rows = [...found]
  for (const override of overrides) {
    const path = override.slice(0, override.indexOf('='))
    const split = splitPath(root, path)
    if (!split.ok) continue
    const key = split.steps.join('.')
    const chosen = flowText(plainAt(root, split.steps))
    const matching = rows.filter(({ settings }) =>
      settings.some(({ steps, node }) => steps.join('.') === key && flowText(plainOf(node)) === chosen),
    )
    if (matching.length > 0) rows = matching
    else {
      rows = rows.map(({ label, settings }) => {
        return { label, settings: settings.filter(({ steps }) => steps.join('.') !== key) }
      })
    }
  }
  const distinct = new Map(rows.map((row) => [row.label ?? JSON.stringify(row.settings.map(keyOf)), row]))
  return [...distinct.values()]
}

function keyOf({ steps, node }: Setting): string {
  return `${steps.join('.')}=${flowText(plainOf(node))}`
}

function rowOfFile(root: SourceNode, row: FoundRow): RowOfFile {
  return {
    ...describe(row),
    tree: () => {
      const tree = copyOf(root)
      removeAt(tree, ['matrix'])
      for (const { steps, node } of row.settings) put(tree, steps, copyOf(node))
      return tree
    },
  }
}

function describe({ label, settings }: FoundRow): MatrixRow {
  const lastNames = settings.map(({ steps }) => String(steps.at(-1)))
  const described = settings.map(({ steps, node }, i): RowSetting => {
    const path = steps.join('.')
    const last = lastNames[i] ?? path
    const name = lastNames.filter((other) => other === last).length > 1 ? path : last
    const value = plainOf(node)
    return { path, name, value, text: flowText(value) }
  })
  const made = described.map(({ name, text }) => `${name}=${text}`).join(' ')
  return { label: label ?? made, included: label !== undefined, settings: described }
}

function plainAt(root: SourceNode, steps: readonly (string | number)[]): PlainValue {
  let node: SourceNode | undefined = root
  for (const step of steps) node = node === undefined ? undefined : childOf(node, step)
  return node === undefined ? undefined : plainOf(node)
}

function plainOf(node: SourceNode): PlainValue {
  // A tree holds only what YAML can say.
  return plainValue(node) as PlainValue
}
