// What is known of one Kafka config key, as data, and the type of its values. What Kafka says of it is extracted from the
// released jars (`generated/`); what it means here is written by hand, beside it (`KeyNote`).

import type { BySince, KafkaVersion, Release } from './versions.ts'

/** The scopes for which a scenario has a place. */
export const CONFIG_SCOPES = ['broker', 'topic', 'producer', 'consumer'] as const
export type ConfigScope = (typeof CONFIG_SCOPES)[number]

export const ALL_SCOPES = [...CONFIG_SCOPES, 'admin', 'group'] as const
export type AnyScope = (typeof ALL_SCOPES)[number]

export type ExtractedType =
  'int' | 'short' | 'long' | 'double' | 'boolean' | 'string' | 'class' | 'password' | 'list' | 'enum' | 'acks'

/** A typed value. `acks` is −1 for all; null is Kafka's "not set". */
export type ConfigValue = number | boolean | string | readonly string[] | null

/** What the jars say. `…Since` holds changes: from these releases on; the plain field is that of the oldest release. */
export interface ExtractedKey {
  readonly type: ExtractedType
  /** For `enum` the words; for `list` the words its items may be (any if absent). One that holds a colon is a pattern. */
  readonly values?: readonly string[]
  readonly valuesSince?: BySince<readonly string[]>
  /** Capitals do not matter. */
  readonly anyCase?: true
  /** Both ends included; an `int` also fits into 32 bits, a `short` into 16. */
  readonly min?: number
  readonly minSince?: BySince<number>
  readonly max?: number
  readonly maxSince?: BySince<number>
  /** One more value, outside the range. */
  readonly or?: number
  readonly unit?: 'ms' | 's' | 'min' | 'h' | 'bytes' | 'bytes/s' | 'percent'
  readonly default: ConfigValue
  readonly defaultSince?: BySince<ConfigValue>
  /** Kafka does not start without it. */
  readonly required?: true
  /** The release that introduced the key; absent: all known ones have it. */
  readonly since?: Release
  /** The last release that has the key; absent: it is still there. */
  readonly until?: Release
  readonly importance: 'high' | 'medium' | 'low'
  /** Kafka does not document it. */
  readonly internal?: true
  /** How Kafka lets it be changed while a broker runs; absent: not at all. */
  readonly update?: 'per-broker' | 'cluster-wide'
  /** Topic keys: the broker keys that give the default, the first one set winning. */
  readonly broker?: readonly BrokerDefault[]
  /** Broker keys for one thing, in the order in which they count; itself among them. */
  readonly synonyms?: readonly string[]
}

export interface BrokerDefault {
  readonly key: string
  /** Hours or minutes there, milliseconds here. */
  readonly times?: number
}

/** What we say. */
export interface KeyNote {
  /** One line: what it is for. */
  readonly doc: string
  /**
   * `modelled`: does what Kafka does. `accepted`: allowed and without effect here, which the verdict says. `refused`: not
   * built; only the default may be written, for it changes nothing.
   */
  readonly effect: 'modelled' | 'accepted' | 'refused'
  /** What is missing, for keys that are not modelled: completes "… has no effect here:" and "… is refused:". */
  readonly why?: string
  /** Kafka itself does not look at it before this release. */
  readonly effectSince?: KafkaVersion
  /** Of a modelled key: what holds in releases before it came. */
  readonly before?: ConfigValue
  /** Of a modelled key: the words that are modelled; Kafka's others are refused. */
  readonly only?: readonly string[]
  /** Of a modelled key: the least number that is modelled; Kafka's smaller ones are refused. */
  readonly atLeast?: number
}

export interface KeyDefinition extends ExtractedKey, KeyNote {}

export type ExtractedTable = { readonly [key: string]: ExtractedKey }
export type KeyTable = { readonly [key: string]: KeyDefinition }

/** Kafka's Long.MAX_VALUE, its word for "never"; not exact, and only ever compared with. */
export const LONG_MAX = 2 ** 63
export const INT_MAX = 2 ** 31 - 1

type OrNull<D extends ExtractedKey, T> = D['default'] extends null ? T | null : T

/** The type of the values of a key. */
export type ValueOf<D extends ExtractedKey> = D['type'] extends 'list'
  ? readonly string[]
  : D extends { readonly only: readonly (infer Word)[] }
    ? OrNull<D, Word>
    : D['type'] extends 'boolean'
      ? boolean
      : D['type'] extends 'acks'
        ? -1 | 0 | 1
        : D['type'] extends 'enum'
          ? D['values'] extends readonly (infer Word)[]
            ? OrNull<D, Word>
            : string
          : D['type'] extends 'string' | 'class' | 'password'
            ? OrNull<D, string>
            : OrNull<D, number>

/** All keys of a scope with a value each. */
export type ConfigOf<T extends ExtractedTable> = { readonly [Key in keyof T]: ValueOf<T[Key]> }
