// The Kafka configs of a file: every value that may be drawn, in every release that may be, and every combination of the
// keys that Kafka ties together.

import { checkProducerRules, checkValue, type ConfigProblem } from '../../config/check-config.ts'
import { keyDefinition } from '../../config/config-tables.ts'
import type { ConfigScope } from '../../config/key-definition.ts'
import { checkBrokerRules } from './check-broker-rules.ts'
import { checkCleanerRules } from './check-cleaner-rules.ts'
import type { CheckContext } from './check-context.ts'
import { checkAssignors } from './check-group.ts'
import type { FaultShape } from '../faults/fault-schema.ts'
import type { ConfigDraws } from '../language/config-literals.ts'
import type { DiagnosticCode } from '../text/diagnostics.ts'
import { extremes } from '../text/draw.ts'
import type { SourcePath } from '../text/source-tree.ts'
import { parseDuration, parseSize } from '../text/units.ts'

const CODES: { readonly [Kind in ConfigProblem['kind']]: DiagnosticCode } = {
  'unknown-key': 'KS103',
  'wrong-scope': 'KS110',
  'not-in-release': 'KS120',
  'bad-value': 'KS111',
  refused: 'KS112',
  rule: 'KS113',
}

const RULE_KEYS = [
  'acks',
  'enable.idempotence',
  'retries',
  'max.in.flight.requests.per.connection',
  'delivery.timeout.ms',
  'linger.ms',
  'request.timeout.ms',
]
const MAX_COMBINATIONS = 10_000

export function checkConfigs(context: CheckContext): void {
  const { cluster, topics, producers, consumers, monitors } = context.shape
  checkScope(context, 'broker', cluster.config, ['cluster', 'config'], context.allVersions())
  if (!('kind' in cluster.brokers)) {
    for (const [i, { config }] of cluster.brokers.entries()) {
      checkScope(context, 'broker', config, ['cluster', 'brokers', i, 'config'], context.versions(i))
    }
  }
  checkBrokerRules(context)
  checkCleanerRules(context)
  for (const [name, { config }] of Object.entries(topics))
    checkScope(context, 'topic', config, ['topics', name, 'config'])
  for (const [name, { config }] of Object.entries(producers ?? {})) {
    const path = ['producers', name, 'config']
    checkScope(context, 'producer', config, path)
    checkCombinations(context, config ?? {}, path)
  }
  for (const [name, { config }] of Object.entries(monitors ?? {})) {
    checkScope(context, 'consumer', config, ['monitors', name, 'config'])
  }
  for (const [name, { config }] of Object.entries(consumers ?? {})) {
    checkScope(context, 'consumer', config, ['consumers', name, 'config'])
  }
  for (const [i, fault] of (context.shape.faults ?? []).entries()) {
    checkScope(context, 'consumer', fault.config, ['faults', i, 'config'])
    checkRestartConfig(context, fault, ['faults', i])
  }
}

/** New configs are for members of groups, each with its own place in it. */
function checkRestartConfig(context: CheckContext, fault: FaultShape, path: SourcePath): void {
  if (fault.config === undefined) return
  checkAssignors(context, fault.config, [...path, 'config'])
  const { consumers = {} } = context.shape
  for (const { kind, text, ...target } of fault['rolling-restart'] ?? []) {
    const name = 'name' in target ? target.name : ''
    if (kind === 'consumer' && (consumers[name] === undefined || consumers[name].members !== undefined)) continue
    const message = `config is for members of groups, and "${text}" is none`
    context.report([...path, 'rolling-restart'], { code: 'KS206', message })
  }
  if (fault.config['group.instance.id'] !== undefined) {
    const message = 'a member keeps its group.instance.id, or does without'
    context.report([...path, 'config', 'group.instance.id'], { code: 'KS206', message })
  }
}

function checkScope(
  context: CheckContext,
  scope: ConfigScope,
  config: ConfigDraws | undefined,
  path: SourcePath,
  versions = context.versions(),
): void {
  for (const [key, draw] of Object.entries(config ?? {})) {
    if (draw === undefined) continue
    for (const [index, value] of extremes(draw).entries()) {
      const at = draw.kind === 'one-of' ? [...path, key, index] : [...path, key]
      // The same problem in two releases is told once.
      for (const version of versions) {
        const problem = checkValue(scope, version, key, value)
        if (problem === undefined) continue
        const { kind, message } = problem
        const suggestion = withoutUnit(scope, key, value) ?? problem.suggestion
        context.report(at, { code: CODES[kind], message, suggestion })
        break
      }
    }
  }
}

function checkCombinations(context: CheckContext, config: ConfigDraws, path: SourcePath): void {
  const choices: (readonly [string, readonly unknown[]])[] = []
  let combinations = 1
  for (const key of RULE_KEYS) {
    const draw = config[key]
    if (draw === undefined) continue
    choices.push([key, extremes(draw)])
    combinations *= extremes(draw).length
  }
  if (combinations > MAX_COMBINATIONS) {
    const message = `${combinations} combinations of ${choices.map(([key]) => key).join(', ')} are too many to check`
    return context.report(path, { code: 'KS109', message })
  }
  for (let n = 0; n < combinations; n++) {
    const overrides = combination(choices, n)
    for (const version of context.versions()) {
      for (const { severity, key, message } of checkProducerRules(version, overrides)) {
        const warning = severity === 'warning'
        context.report([...path, key], {
          code: warning ? 'KS114' : 'KS113',
          severity: warning ? 'warn' : 'error',
          message,
        })
      }
    }
  }
}

/** µs in the units that keys of Kafka have. */
const UNIT_US: { readonly [unit: string]: number } = { ms: 1000, s: 1_000_000, min: 60_000_000, h: 3_600_000_000 }

/** What someone means who gives a Kafka key a duration or a size; undefined if it is no whole number of the key's unit. */
function withoutUnit(scope: ConfigScope, key: string, value: unknown): string | undefined {
  const unit = keyDefinition(scope, key)?.unit
  if (typeof value !== 'string' || unit === undefined) return undefined
  const text = value.replaceAll(' ', '')
  const unitUs = UNIT_US[unit]
  // Brokers' sizes are binary, whatever people call them.
  const size =
    unit === 'bytes'
      ? parseSize(text.replace(/^(\d+)([KMG])i?B$/i, (_, n, k) => `${n}${k.toUpperCase()}iB`))
      : undefined
  const number = unitUs === undefined ? size : (parseDuration(text) ?? NaN) / unitUs
  return number !== undefined && Number.isInteger(number) ? `write ${number}: Kafka's keys have no units` : undefined
}

/** The n-th of all combinations. */
function combination(
  choices: readonly (readonly [string, readonly unknown[]])[],
  n: number,
): { [key: string]: unknown } {
  const chosen: { [key: string]: unknown } = {}
  let rest = n
  for (const [key, values] of choices) {
    chosen[key] = values[rest % values.length]
    rest = Math.floor(rest / values.length)
  }
  return chosen
}
