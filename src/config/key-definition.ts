// What is known of one Kafka config key, as data, and the type of its values. The tables of the four scopes are made of
// these; nothing here says what a key does, only what may be written for it and whether it means anything here.

import type { BySince, KafkaVersion } from './versions.ts'

export const CONFIG_SCOPES = ['broker', 'topic', 'producer', 'consumer'] as const
export type ConfigScope = (typeof CONFIG_SCOPES)[number]

export type ConfigType = 'int' | 'long' | 'double' | 'boolean' | 'string' | 'list' | 'enum' | 'acks'

/** A typed value. `acks` is −1 for all; null is Kafka's "not set". */
export type ConfigValue = number | boolean | string | readonly string[] | null

export interface KeyDefinition {
  readonly type: ConfigType
  /** For `enum` the words; for `list` the words its items may be (any if absent). */
  readonly values?: readonly string[]
  /** Both ends included; an `int` also fits into 32 bits. */
  readonly min?: number
  readonly max?: number
  /** Where `min` changed: from these releases on. */
  readonly minSince?: BySince<number>
  readonly unit?: 'ms' | 's' | 'min' | 'h' | 'bytes' | 'percent'
  readonly default: ConfigValue
  /** Where the default changed: from these releases on; `default` is that of the oldest. */
  readonly defaultSince?: BySince<ConfigValue>
  /** The release that introduced the key; absent: all modelled ones have it. */
  readonly since?: KafkaVersion
  /** Kafka itself does not look at it before this release. */
  readonly effectSince?: KafkaVersion
  /**
   * `modelled`: does what Kafka does. `accepted`: allowed and without effect here, which the verdict says. `refused`: not
   * built; only the default may be written, for it changes nothing.
   */
  readonly effect: 'modelled' | 'accepted' | 'refused'
  /** What is missing, for keys that are not modelled: completes "… has no effect here:" and "… is refused:". */
  readonly why?: string
  /** Topic keys: the broker keys that give the default, the first one set winning. */
  readonly broker?: readonly BrokerDefault[]
}

export interface BrokerDefault {
  readonly key: string
  /** Hours or minutes there, milliseconds here. */
  readonly times?: number
}

export type KeyTable = { readonly [key: string]: KeyDefinition }

/** Kafka's Long.MAX_VALUE, its word for "never"; not exact, and only ever compared with. */
export const LONG_MAX = 2 ** 63
export const INT_MAX = 2 ** 31 - 1

type OrNull<D extends KeyDefinition, T> = D['default'] extends null ? T | null : T

/** The type of the values of a key. */
export type ValueOf<D extends KeyDefinition> = D['type'] extends 'boolean'
  ? boolean
  : D['type'] extends 'acks'
    ? -1 | 0 | 1
    : D['type'] extends 'enum'
      ? D['values'] extends readonly (infer Word)[]
        ? OrNull<D, Word>
        : string
      : D['type'] extends 'list'
        ? readonly string[]
        : D['type'] extends 'string'
          ? OrNull<D, string>
          : OrNull<D, number>

/** All keys of a scope with a value each. */
export type ConfigOf<T extends KeyTable> = { readonly [Key in keyof T]: ValueOf<T[Key]> }
