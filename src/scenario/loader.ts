// A scenario file's text in, a good scenario out, or everything that is wrong with it at once. Reads no files: the
// command line does.

import type { LoadedScenario } from './build.ts'
import { checkCluster } from './checks/check-cluster.ts'
import { checkConfigs } from './checks/check-configs.ts'
import { CheckContext, type ContextMatrix } from './checks/check-context.ts'
import { checkAllowed, checkExpectations } from './checks/check-expectations.ts'
import { checkFaults } from './checks/check-faults.ts'
import { checkNemesis } from './checks/check-nemesis.ts'
import { warn } from './checks/warn.ts'
import { checkData } from './data/check-data.ts'
import type { ReadDirectory } from './data/data-directory.ts'
import type { Finding } from './text/diagnostics.ts'
import { readMatrix } from './language/matrix.ts'
import { applyOverrides } from './language/overrides.ts'
import { originsOf } from './origins.ts'
import { Reporter, withRest } from './text/reporter.ts'
import { shapeOf } from './language/shape.ts'
import { childOf, plainValue, readSource, type SourceNode } from './text/source-tree.ts'
import type { PlainMapping } from './text/to-yaml.ts'

export interface LoadOptions {
  /** The name that findings carry, as the user typed it; names the scenario if it does not name itself. */
  readonly file: string
  /** `path=value`, applied in order. */
  readonly set?: readonly string[]
  /** Ids of engine invariants, which `finds:` may name. */
  readonly invariants?: readonly string[]
  /** Reads what `data:` of a broker names. */
  readonly readDirectory?: ReadDirectory | undefined
}

/** Warnings do not keep a scenario from running. Findings hold at least one error; sorted by place. */
export type LoadResult =
  | {
      readonly ok: true
      /** Of a file with a matrix, its first row. */
      readonly scenario: LoadedScenario
      /** Of the matrix; without one, just `scenario`. */
      readonly rows: readonly LoadedScenario[]
      readonly warnings: readonly Finding[]
    }
  | { readonly ok: false; readonly findings: readonly Finding[] }

/** Never throws, whatever the text. */
export function loadScenario(text: string, options: LoadOptions): LoadResult {
  const { file, set = [], invariants = [], readDirectory } = options
  const source = readSource(text, file)
  const { root } = source
  if (root === undefined) return { ok: false, findings: withRest(source.findings) }
  if (root.content.kind !== 'mapping') {
    const message = 'a scenario is a mapping of keys to values'
    return { ok: false, findings: [...source.findings, { code: 'KS003', severity: 'error', message, ...root.span }] }
  }
  const reporter = new Reporter()
  reporter.findings.push(...source.findings, ...applyOverrides(root, set))
  const matrix = readMatrix(root, set, reporter)
  const check = (tree: SourceNode, place: ContextMatrix) =>
    checkFile(tree, place, file, invariants, reporter, readDirectory)
  const scenarios =
    matrix === undefined
      ? [check(root, childOf(root, 'matrix') === undefined ? 'none' : 'bad')]
      : matrix.rows.map((row) => check(row.tree(), { row, all: matrix.all }))
  const findings = reporter.sorted()
  const [scenario] = scenarios
  if (reporter.hasErrors || scenario === undefined) return { ok: false, findings }
  return { ok: true, scenario, rows: scenarios, warnings: findings }
}

/** The scenario of one row, or of a file without a matrix. What is wrong with it goes to the reporter. */
function checkFile(
  root: SourceNode,
  matrix: ContextMatrix,
  file: string,
  invariants: readonly string[],
  reporter: Reporter,
  readDirectory: ReadDirectory | undefined,
): LoadedScenario {
  const shaped = shapeOf(root, reporter)
  const context = new CheckContext(shaped, reporter, invariants, matrix)
  checkCluster(context)
  const data = checkData(context, readDirectory)
  checkConfigs(context)
  checkFaults(context)
  checkNemesis(context)
  const placed = checkExpectations(context)
  const allowed = checkAllowed(context)
  warn(context, placed, allowed)
  const { shape } = shaped
  const { name = baseName(file), description = '', seed } = shape
  const row = typeof matrix === 'object' ? matrix.row : undefined
  // A tree holds only what YAML can say, and this one is a mapping.
  const plain = plainValue(root) as PlainMapping
  const expectations = placed.map(({ expectation }) => expectation)
  return { name, description, seed, shape, plain, row, origins: originsOf(root), expectations, allowed, data }
}

/** Without directories and the ending. */
function baseName(file: string): string {
  const name = file.slice(Math.max(file.lastIndexOf('/'), file.lastIndexOf('\\')) + 1)
  return name.replace(/\.(?:ya?ml|json)$/, '')
}
