// Kafka's configs, by their keys: from the jars, with what we say of them.

import type { ScopeExplanation, ShownValue } from '../../../../reports/explanation.ts'
import { homeOf } from '../../../config/check-config.ts'
import { everyScopeOf, keyDefinition, keysOf } from '../../../config/config-tables.ts'
import {
  ALL_SCOPES,
  type AnyScope,
  CONFIG_SCOPES,
  type ConfigValue,
  type KeyDefinition,
  LONG_MAX,
} from '../../../config/key-definition.ts'
import { expectation } from '../../../config/parse-value.ts'
import { defaultOf } from '../../../config/resolve-config.ts'
import { rulesOf } from '../../../config/rules.ts'
import { isAtLeast, type Release, RELEASES } from '../../../config/versions.ts'
import type { WordSource } from './source.ts'

export const CONFIG_WORDS: WordSource = {
  words: [...new Set(ALL_SCOPES.flatMap(keysOf))],
  explain: (key, scenarios) => [
    {
      kind: 'config',
      name: key,
      scopes: everyScopeOf(key).flatMap((scope) => {
        const definition = keyDefinition(scope, key)
        return definition === undefined ? [] : [explainedIn(scope, definition)]
      }),
      rules: rulesOf(key),
      scenarios: scenarios.withKey(key),
    },
  ],
}

function explainedIn(scope: AnyScope, definition: KeyDefinition): ScopeExplanation {
  const releases = releasesOf(definition)
  const oldest = releases[0] ?? RELEASES[0]
  const { doc, type, unit, required, since, until, importance, internal, effect, why, synonyms, broker } = definition
  return {
    scope,
    says: doc,
    type,
    value: expectation(definition, oldest),
    valueSince: changesOf(releases, (release) => expectation(definition, release)).map(([release, value]) => {
      return { since: release, value }
    }),
    unit: unit ?? null,
    default: shownDefault(definition, oldest),
    defaultSince: changesOf(releases, (release) => JSON.stringify(shownDefault(definition, release))).map(
      ([release]) => ({ since: release, default: shownDefault(definition, release) }),
    ),
    required: required === true,
    since: since ?? null,
    until: until ?? null,
    importance,
    internal: internal === true,
    update: scope === 'broker' ? (definition.update ?? 'read-only') : scope === 'topic' ? 'per-topic' : null,
    synonyms: synonyms ?? broker?.map(({ key }) => key) ?? [],
    effect,
    why: why ?? null,
    limits: limitsOf(definition),
    place: placeOf(scope),
  }
}

function placeOf(scope: AnyScope): string | null {
  const known = CONFIG_SCOPES.find((each) => each === scope)
  return known === undefined ? null : homeOf(known)
}

function releasesOf({ since, until }: KeyDefinition): readonly Release[] {
  return RELEASES.filter(
    (r) => (since === undefined || isAtLeast(r, since)) && (until === undefined || isAtLeast(until, r)),
  )
}

/** Where it is not what it was in the release before. */
function changesOf(releases: readonly Release[], of: (release: Release) => string): [Release, string][] {
  return releases.flatMap((release, i): [Release, string][] => {
    const before = releases[i - 1]
    return before === undefined || of(before) === of(release) ? [] : [[release, of(release)]]
  })
}

function shownDefault(definition: KeyDefinition, release: Release): ShownValue {
  const value: ConfigValue = defaultOf(definition, release)
  if (definition.type === 'acks') return value === -1 ? 'all' : value
  // Beyond 2^53 a number would be another one.
  return value === LONG_MAX ? '9223372036854775807' : value
}

function limitsOf({ only, atLeast, before, effectSince, since }: KeyDefinition): string[] {
  return [
    ...(only === undefined ? [] : [`only ${only.join(', ')}`]),
    ...(atLeast === undefined ? [] : [`only values >= ${atLeast}`]),
    ...(before === undefined ? [] : [`before ${since ?? ''}: ${String(before)}`]),
    ...(effectSince === undefined ? [] : [`Kafka looks at it since ${effectSince}`]),
  ]
}
