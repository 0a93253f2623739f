// What `kafkasim explain` has to say about a word, as data: what is printed with --json, and drawn for people.

/** Kafka's config of one name: in each scope that has it. */
export interface ConfigExplanation {
  readonly kind: 'config'
  readonly name: string
  readonly scopes: readonly ScopeExplanation[]
  readonly rules: readonly { readonly rule: string; readonly says: string }[]
  /** Files that set it. */
  readonly scenarios: readonly string[]
}

/** A value as it may be written in a file; long numbers are texts, which are exact. */
export type ShownValue = number | boolean | string | readonly string[] | null

export interface ScopeExplanation {
  readonly scope: string
  readonly says: string
  readonly type: string
  /** What may be written, in words, in the oldest release that has it. */
  readonly value: string
  /** What may be written from these releases on. */
  readonly valueSince: readonly { readonly since: string; readonly value: string }[]
  readonly unit: string | null
  readonly default: ShownValue
  readonly defaultSince: readonly { readonly since: string; readonly default: ShownValue }[]
  readonly required: boolean
  /** Null: it was there in the oldest release known. */
  readonly since: string | null
  /** The last release that has it; null: it is still there. */
  readonly until: string | null
  readonly importance: string
  readonly internal: boolean
  /** How it can be changed while a broker runs; null where the question does not arise. */
  readonly update: 'read-only' | 'per-broker' | 'cluster-wide' | 'per-topic' | null
  /** Keys for the same thing, the first one set winning; of topics those of the broker. */
  readonly synonyms: readonly string[]
  readonly effect: 'modelled' | 'accepted' | 'refused'
  readonly why: string | null
  /** What of it is modelled, if not all. */
  readonly limits: readonly string[]
  /** Where it stands in a scenario; null: nowhere. */
  readonly place: string | null
}

/** Anything else that has a name. */
export interface NamedExplanation {
  readonly kind:
    | 'invariant'
    | 'diagnostic'
    | 'fault'
    | 'switch'
    | 'expectation'
    | 'mark'
    | 'buggify point'
    | 'known upstream'
    | 'rule'
    | 'error'
    | 'scenario key'
  readonly name: string
  readonly says: string
  readonly facts: readonly { readonly label: string; readonly text: string }[]
  /** A piece of a scenario file, as it is written. */
  readonly example: string | null
  readonly scenarios: readonly string[]
}

export type WordExplanation = ConfigExplanation | NamedExplanation
