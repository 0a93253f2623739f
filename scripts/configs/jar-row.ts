// One key as a release's jars describe it, read into the form of our tables: type, range, words, default.

import type { ExtractedType } from '../../src/config/key-definition.ts'

/** As `ExtractConfigs.java` prints it; numbers are texts. */
export interface JarRow {
  readonly scope: string
  readonly key: string
  readonly type: string
  readonly required: boolean
  readonly default: string | boolean | readonly string[] | null
  /** The class of the validator, and what it says of itself. */
  readonly validator: string | null
  readonly valid: string | null
  readonly importance: string
  readonly internal: boolean
}

/** In one release. Numbers too large for JavaScript stay texts. */
export interface KeyInRelease {
  readonly type: ExtractedType
  readonly words: readonly string[] | undefined
  readonly anyCase: boolean
  readonly min: string | undefined
  readonly max: string | undefined
  /** One more value, out of the range. */
  readonly or: string | undefined
  readonly default: JarRow['default']
  readonly required: boolean
  readonly importance: 'high' | 'medium' | 'low'
  readonly internal: boolean
}

export function keyInRelease(row: JarRow): KeyInRelease {
  const valid = row.valid ?? ''
  const validator = (row.validator ?? '').replace(/^.*[.$](?=[A-Za-z])/, '')
  const given = typeof row.default === 'string' ? row.default : ''
  const found = wordsOf(row, validator, valid)
  // Some validators do not say that capitals do not matter, and have a default that tells.
  const anyCase =
    validator === 'CaseInsensitiveValidString' || (row.type === 'STRING' && found?.includes(given) === false)
  const lower = anyCase && given === given.toLowerCase()
  const words = found?.map((word) => (lower ? word.toLowerCase() : word))
  const range = /^\[(-?[\d.E-]+)?(?:,?\.\.\.,?)(-?[\d.E]+)?\](?: or (-?\d+))?$/.exec(valid)
  const importance = row.importance.toLowerCase()
  if (importance !== 'high' && importance !== 'medium' && importance !== 'low') throw new Error(row.importance)
  return {
    type: typeOf(row, words),
    words,
    anyCase,
    // One validator says in prose that −1 is allowed.
    min: valid.startsWith('The default value of -1 means') ? '-1' : range?.[1],
    max: range?.[2],
    or: range?.[3],
    default: row.default,
    required: row.required,
    importance,
    internal: row.internal,
  }
}

function wordsOf(row: JarRow, validator: string, valid: string): readonly string[] | undefined {
  // Versions of metadata and messages are refused anyway, and there are forty of them.
  if (row.validator === null || row.key === 'acks' || validator === 'MetadataVersionValidator' || validator === 'Range')
    return undefined
  const inBrackets = /^(?:\(case insensitive\) )?\[([\w:.\- ,]+)\]$/.exec(valid)?.[1]
  if (inBrackets === undefined || inBrackets.includes('...')) return undefined
  // Many come out of hash sets.
  return inBrackets.split(', ').sort()
}

function typeOf(row: JarRow, words: readonly string[] | undefined): ExtractedType {
  if (row.key === 'acks') return 'acks'
  switch (row.type) {
    case 'STRING':
      return words === undefined ? 'string' : 'enum'
    case 'BOOLEAN':
      return 'boolean'
    case 'SHORT':
      return 'short'
    case 'INT':
      return 'int'
    case 'LONG':
      return 'long'
    case 'DOUBLE':
      return 'double'
    case 'LIST':
      return 'list'
    case 'CLASS':
      return 'class'
    case 'PASSWORD':
      return 'password'
    default:
      throw new Error(`${row.key} is of the unknown type ${row.type}`)
  }
}
