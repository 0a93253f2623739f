// A scenario file's text in, a good scenario out, or everything that is wrong with it at once. Reads no files: the
// command line does.

import { type LoadedScenario } from './build.ts'
import { checkCluster } from './check-cluster.ts'
import { checkConfigs } from './check-configs.ts'
import { CheckContext } from './check-context.ts'
import { checkAllowed, checkExpectations } from './check-expectations.ts'
import { checkFaults } from './check-faults.ts'
import type { Finding } from './diagnostics.ts'
import { applyOverrides } from './overrides.ts'
import { Reporter } from './reporter.ts'
import { shapeOf } from './shape.ts'
import { readSource } from './source-tree.ts'

export interface LoadOptions {
  /** The name that findings carry, as the user typed it; names the scenario if it does not name itself. */
  readonly file: string
  /** `path=value`, applied in order. */
  readonly set?: readonly string[]
  /** Ids of engine invariants, which `finds:` may name. */
  readonly invariants?: readonly string[]
}

/** Warnings do not keep a scenario from running. Findings hold at least one error; sorted by place. */
export type LoadResult =
  | { readonly ok: true; readonly scenario: LoadedScenario; readonly warnings: readonly Finding[] }
  | { readonly ok: false; readonly findings: readonly Finding[] }

/** Never throws, whatever the text. */
export function loadScenario(text: string, options: LoadOptions): LoadResult {
  const { file, set = [], invariants = [] } = options
  const source = readSource(text, file)
  const { root } = source
  if (root === undefined) return { ok: false, findings: source.findings }
  if (root.content.kind !== 'mapping') {
    const message = 'a scenario is a mapping of keys to values'
    return { ok: false, findings: [...source.findings, { code: 'KS003', severity: 'error', message, ...root.span }] }
  }
  const reporter = new Reporter()
  reporter.findings.push(...source.findings, ...applyOverrides(root, set))
  const shaped = shapeOf(root, reporter)
  const context = new CheckContext(root, shaped, reporter, invariants)
  checkCluster(context)
  checkConfigs(context)
  checkFaults(context)
  const expectations = checkExpectations(context)
  const allowed = checkAllowed(context)
  const findings = reporter.sorted()
  if (reporter.hasErrors) return { ok: false, findings }
  const { shape } = shaped
  const { name = baseName(file), description = '', seed } = shape
  return { ok: true, scenario: { name, description, seed, shape, expectations, allowed }, warnings: findings }
}

/** Without directories and the ending. */
function baseName(file: string): string {
  const name = file.slice(Math.max(file.lastIndexOf('/'), file.lastIndexOf('\\')) + 1)
  return name.replace(/\.(?:ya?ml|json)$/, '')
}
