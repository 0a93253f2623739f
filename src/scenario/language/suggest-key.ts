// What may have been meant by a key that is not known where it stands: a near one there, the same one in another place, a
// near one anywhere else. Looks at every key of the format and every Kafka config of every scope.

import { homeOf } from '../../config/check-config.ts'
import { keyDefinition, keysOf, scopesOf } from '../../config/config-tables.ts'
import { editSuggestion } from '../../config/did-you-mean.ts'
import { CONFIG_SCOPES, type ConfigScope } from '../../config/key-definition.ts'
import { defaultOf } from '../../config/resolve-config.ts'
import { DEFAULT_KAFKA_VERSION } from '../../config/versions.ts'
import { allKeys, placesOfKey } from './schema-walk.ts'

const MOST_PLACES = 3
const MOST_LISTED = 20

/** Of a fault, or of the verbs of a nemesis: what is no key there is a verb that nobody knows. */
export function suggestVerb(key: string, known: readonly string[], verbs: readonly string[]): string {
  const near = editSuggestion(key, known)
  if (near !== undefined) return `did you mean "${near}"?`
  return elsewhere(key) ?? `verbs are ${verbs.join(', ')}`
}

/** `known` are the keys that the place has. */
export function suggestKey(key: string, known: readonly string[]): string | undefined {
  const near = editSuggestion(key, known)
  if (near !== undefined) return `did you mean "${near}"?`
  return (
    suggestElsewhere(key) ??
    (known.length > 0 && known.length <= MOST_LISTED ? `known keys are ${known.join(', ')}` : undefined)
  )
}

/** In the `config:` of this scope. */
export function suggestConfigKey(scope: ConfigScope, key: string): string | undefined {
  const near = editSuggestion(key, keysOf(scope))
  return near === undefined ? suggestElsewhere(key) : `did you mean "${near}"?${defaultText(scope, near)}`
}

/** The very key, in another place. */
function elsewhere(key: string): string | undefined {
  const places = placesOfKey(key)
  if (places.length > 0) return `"${key}" belongs in ${places.slice(0, MOST_PLACES).join(' or ')}`
  const scopes = scopesOf(key)
  return scopes.length > 0 ? `"${key}" is a Kafka config: it belongs in ${scopes.map(homeOf).join(' or ')}` : undefined
}

function suggestElsewhere(key: string): string | undefined {
  const same = elsewhere(key)
  if (same !== undefined) return same
  const found = editSuggestion(key, [...allKeys(), ...CONFIG_SCOPES.flatMap(keysOf)])
  if (found === undefined) return undefined
  const home = placesOfKey(found).slice(0, MOST_PLACES).join(' or ')
  if (home !== '') return `did you mean "${found}"? It belongs in ${home}`
  const [owner] = scopesOf(found)
  if (owner === undefined) return undefined
  return `did you mean the ${owner} config "${found}"? It belongs in ${homeOf(owner)}${defaultText(owner, found)}`
}

/** ` (default 1)`. */
function defaultText(scope: ConfigScope, key: string): string {
  const definition = keyDefinition(scope, key)
  if (definition === undefined) return ''
  const value = defaultOf(definition, DEFAULT_KAFKA_VERSION)
  const shown = definition.type === 'acks' ? 'all' : value === null ? 'not set' : String(value)
  return ` (default ${shown})`
}
