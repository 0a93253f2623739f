// Everything that is wrong with what a file sets in one scope: unknown keys, keys of another scope, values out of range,
// keys that are not built, and Kafka's rules across keys. Data only; where it stands in a file is the loader's business.

import { editSuggestion } from './did-you-mean.ts'
import { counterpart, everyScopeOf, keyDefinition, keysOf, scopesOf } from './config-tables.ts'
import { type ConfigScope, type ConfigValue, CONFIG_SCOPES, type KeyDefinition } from './key-definition.ts'
import { producerProblems } from './key-rules.ts'
import { parseValue, wordsOf } from './parse-value.ts'
import { type ConfigOverrides, defaultOf, resolveConfig } from './resolve-config.ts'
import { isAtLeast, type KafkaVersion, releaseAfter } from './versions.ts'

export interface ConfigProblem {
  readonly kind: 'unknown-key' | 'wrong-scope' | 'not-in-release' | 'bad-value' | 'refused' | 'rule'
  readonly severity: 'error' | 'warning'
  readonly key: string
  readonly message: string
  readonly suggestion?: string
}

/** A value that is accepted and changes nothing here. */
export interface WithoutEffect {
  readonly key: string
  readonly why: string
}

export function checkConfig(scope: ConfigScope, version: KafkaVersion, overrides: ConfigOverrides): ConfigProblem[] {
  const problems: ConfigProblem[] = []
  const good: { [key: string]: unknown } = {}
  for (const [key, raw] of Object.entries(overrides)) {
    const problem = checkKey(scope, key) ?? checkValue(scope, version, key, raw)
    if (problem === undefined) good[key] = raw
    else problems.push(problem)
  }
  if (scope === 'producer') problems.push(...checkProducerRules(version, good))
  return problems
}

/** Is there such a key in this scope? Undefined if so. */
export function checkKey(scope: ConfigScope, key: string): ConfigProblem | undefined {
  if (keyDefinition(scope, key) !== undefined) return undefined
  const elsewhere = scopesOf(key)
  const alias =
    scope === 'topic' || scope === 'broker' ? counterpart(scope === 'topic' ? 'broker' : 'topic', key) : undefined
  if (alias !== undefined) {
    const message = `"${key}" is a ${scope === 'topic' ? 'broker' : 'topic'} config, not a ${scope} config`
    return { kind: 'wrong-scope', severity: 'error', key, message, suggestion: `in a ${scope} it is called "${alias}"` }
  }
  if (elsewhere.length > 0) {
    const message = `"${key}" is a ${elsewhere.join(' or ')} config, not a ${scope} config; move it to ${elsewhere.map(homeOf).join(' or ')}`
    return { kind: 'wrong-scope', severity: 'error', key, message }
  }
  const [homeless] = everyScopeOf(key)
  if (homeless !== undefined) {
    const whose = homeless === 'admin' ? 'admin clients' : 'groups'
    const message = `"${key}" is a config of ${whose}, which a scenario has no place for`
    return { kind: 'wrong-scope', severity: 'error', key, message }
  }
  const message = `unknown ${scope} config "${key}"`
  const base = { kind: 'unknown-key', severity: 'error', key, message } as const
  const suggestion = suggestKey(scope, key)
  return suggestion === undefined ? base : { ...base, suggestion }
}

/** The settings of this file that change nothing here, with the reason. Overrides must be good ones. */
export function settingsWithoutEffect(
  scope: ConfigScope,
  version: KafkaVersion,
  overrides: ConfigOverrides,
): WithoutEffect[] {
  return Object.keys(overrides).flatMap((key) => {
    const definition = keyDefinition(scope, key)
    const since = definition?.effectSince
    if (since !== undefined && !isAtLeast(version, since)) {
      return [{ key, why: `Kafka looks at it since ${since}, and this is ${version}` }]
    }
    return definition?.effect === 'accepted' ? [{ key, why: definition.why ?? 'it is not modelled' }] : []
  })
}

/** Where in a scenario file a scope's keys belong. */
export function homeOf(scope: ConfigScope): string {
  return scope === 'broker' ? 'cluster.config' : `${scope}s.<name>.config`
}

/** One value of a key that the scope has. */
export function checkValue(
  scope: ConfigScope,
  version: KafkaVersion,
  key: string,
  raw: unknown,
): ConfigProblem | undefined {
  const definition = keyDefinition(scope, key)
  if (definition === undefined) return undefined
  const absence = absenceOf(definition, version)
  if (absence !== undefined) {
    const message = `${key} ${absence}, and this is ${version}`
    return { kind: 'not-in-release', severity: 'error', key, message }
  }
  const parsed = parseValue(definition, version, raw)
  const byDefault = defaultOf(definition, version)
  if (!parsed.ok) {
    const message = `${key}: expected ${parsed.expected}, found ${JSON.stringify(raw) ?? 'nothing'}`
    const near = typeof raw === 'string' ? editSuggestion(raw, wordsOf(definition, version) ?? []) : undefined
    const suggestion =
      near === undefined
        ? `the default is ${definition.type === 'acks' ? 'all' : shown(byDefault)}`
        : `did you mean "${near}"?`
    return { kind: 'bad-value', severity: 'error', key, message, suggestion }
  }
  if (definition.effect === 'refused' && !same(parsed.value, byDefault)) {
    const message = `${key}: ${shown(parsed.value)} is refused: ${definition.why ?? 'it is not built yet'}`
    const suggestion = isNothing(byDefault) ? 'leave it out' : `only its default, ${shown(byDefault)}, may be set`
    return { kind: 'refused', severity: 'error', key, message, suggestion }
  }
  return same(parsed.value, byDefault) ? undefined : outsideModel(definition, key, parsed.value)
}

/** Why a release does not know the key; undefined if it does. */
export function absenceOf({ since, until }: KeyDefinition, version: KafkaVersion): string | undefined {
  if (since !== undefined && !isAtLeast(version, since)) return `needs kafka >= ${since}`
  const gone = until === undefined ? undefined : releaseAfter(until)
  return gone !== undefined && isAtLeast(version, gone) ? `is gone since kafka ${gone}` : undefined
}

/** A good value for Kafka of a modelled key, that is not modelled. */
function outsideModel({ only, atLeast }: KeyDefinition, key: string, value: ConfigValue): ConfigProblem | undefined {
  const base = { kind: 'refused', severity: 'error', key } as const
  if (only !== undefined && !only.some((word) => word === value)) {
    return {
      ...base,
      message: `${key}: ${shown(value)} is refused: only ${only.join(', ')} ${only.length === 1 ? 'is' : 'are'} modelled`,
    }
  }
  if (atLeast !== undefined && typeof value === 'number' && value < atLeast) {
    return {
      ...base,
      message: `${key}: ${value} is refused: Kafka takes it, but only values >= ${atLeast} are modelled`,
    }
  }
  return undefined
}

/** Kafka's rules across keys; values that are no values are left to `checkValue`. */
export function checkProducerRules(version: KafkaVersion, overrides: ConfigOverrides): ConfigProblem[] {
  // The values before Kafka adjusts them are what its rules are about: defaults with the overrides.
  const values = new Map<string, ConfigValue>(Object.entries(resolveConfig('producer', version, {})))
  for (const [key, raw] of Object.entries(overrides)) {
    const definition = keyDefinition('producer', key)
    const parsed = definition === undefined ? undefined : parseValue(definition, version, raw)
    if (parsed?.ok === true) values.set(key, parsed.value)
  }
  const isSet = (key: string): boolean => overrides[key] !== undefined
  return producerProblems(values, isSet, version).map((problem) => ({ kind: 'rule', ...problem }))
}

function suggestKey(scope: ConfigScope, key: string): string | undefined {
  const near = editSuggestion(key, keysOf(scope))
  if (near !== undefined) return `did you mean "${near}"?`
  for (const other of CONFIG_SCOPES) {
    const found = editSuggestion(key, keysOf(other))
    if (found !== undefined) return `did you mean the ${other} config "${found}"? It belongs in ${homeOf(other)}`
  }
  return undefined
}

function same(a: ConfigValue, b: ConfigValue): boolean {
  if (Array.isArray(a) && Array.isArray(b)) return a.length === b.length && a.every((item, i) => item === b[i])
  return a === b
}

function isNothing(value: ConfigValue): boolean {
  return value === null || value === '' || (Array.isArray(value) && value.length === 0)
}

function shown(value: ConfigValue): string {
  if (isNothing(value)) return value === null ? 'not set' : 'nothing'
  return typeof value === 'object' ? (value ?? []).join(', ') : String(value)
}
