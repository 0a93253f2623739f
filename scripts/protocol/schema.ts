// Reads the tables of protocol fields into trees of structs, cut down to the versions we speak.

export interface Versions {
  readonly from: number
  /** Included; Infinity when open. */
  readonly to: number
}

export interface Field {
  readonly name: string
  readonly type: FieldType
  readonly versions: Versions
  readonly nullable: Versions | null
  /** As the schema spells it: '-1', 'true', 'null'. Null when it has none. */
  readonly defaultText: string | null
  /** Null for an ordinary field; a field we know is tagged in all its versions or in none. */
  readonly tag: number | null
}

export type FieldType =
  | { readonly kind: 'scalar' | 'list'; readonly scalar: Scalar }
  | { readonly kind: 'struct' | 'structs'; readonly struct: Struct }

export type Scalar = (typeof SCALARS)[number]

export interface Struct {
  /** Name of its interface: the message's, followed by the field's in the singular. */
  readonly name: string
  readonly fields: readonly Field[]
  /** The versions in which it can occur. */
  readonly window: Versions
}

const SCALARS = ['bool', 'int8', 'int16', 'uint16', 'int32', 'int64', 'string', 'uuid', 'bytes', 'records'] as const

interface Row {
  readonly owner: string
  readonly direction: string
  readonly path: string
  readonly type: string
  readonly versions: string
  readonly nullable: string
  readonly defaultText: string
  readonly tag: string
  readonly tagged: string
}

export class FieldTable {
  private readonly rows: readonly Row[]

  constructor(text: string) {
    this.rows = text
      .split('\n')
      .filter((line) => line !== '' && !line.startsWith('#'))
      .map(parseRow)
  }

  /** Every `owner direction` that has rows. */
  get messages(): Set<string> {
    return new Set(this.rows.map((row) => `${row.owner} ${row.direction}`))
  }

  /** The fields of one message that exist in some version of `window`. */
  message(owner: string, direction: string, name: string, window: Versions): Struct {
    const rows = this.rows.filter((row) => row.owner === owner && row.direction === direction)
    return new MessageParser(name, rows).structAt('', name, window)
  }
}

/** True if every version of `window` lies in `versions`. */
export function covers(versions: Versions, window: Versions): boolean {
  return versions.from <= window.from && versions.to >= window.to
}

class MessageParser {
  private readonly message: string
  private readonly rows: readonly Row[]
  private readonly structNames = new Set<string>()

  constructor(message: string, rows: readonly Row[]) {
    this.message = message
    this.rows = rows
  }

  structAt(prefix: string, name: string, window: Versions): Struct {
    if (this.structNames.has(name)) throw new Error(`two structs would be ${name}`)
    this.structNames.add(name)
    const fields: Field[] = []
    for (const row of this.rows) {
      const below = row.path.slice(prefix.length)
      if (!row.path.startsWith(prefix) || below.includes('.')) continue
      const field = this.fieldOf(row, below.replace('[]', ''), window)
      if (field === null) continue
      if (fields.some((other) => other.name === field.name)) throw new Error(`${name}.${field.name} occurs twice`)
      fields.push(field)
    }
    return { name, fields, window }
  }

  /** Null if no version of `window` carries the field. */
  private fieldOf(row: Row, name: string, window: Versions): Field | null {
    const versions = intersection(versionsOf(row.versions), window)
    if (versions === null) return null
    const tagged = row.tag === '-' ? null : versionsOf(row.tagged)
    if (tagged !== null && !covers(tagged, versions)) {
      throw new Error(`${this.message} ${row.path} is tagged in some versions only`)
    }
    const structName = this.message + capital(row.type === 'struct' ? name : singular(name))
    return {
      name,
      type: typeOf(row.type, () => this.structAt(`${row.path}.`, structName, versions)),
      versions,
      nullable: row.nullable === '-' ? null : versionsOf(row.nullable),
      defaultText: row.defaultText === '-' ? null : row.defaultText,
      tag: tagged === null ? null : Number(row.tag),
    }
  }
}

function typeOf(type: string, children: () => Struct): FieldType {
  if (type === 'struct') return { kind: 'struct', struct: children() }
  if (type === 'array of struct') return { kind: 'structs', struct: children() }
  const scalar = SCALARS.find((known) => known === type.replace('[]', ''))
  if (scalar === undefined) throw new Error(`unknown type ${type}`)
  return { kind: type.startsWith('[]') ? 'list' : 'scalar', scalar }
}

function parseRow(line: string): Row {
  const cells = line.split('\t')
  if (cells.length !== 10) throw new Error(`a row needs 10 cells: ${line}`)
  const cell = (index: number): string => cells[index] ?? ''
  return {
    owner: cell(1),
    direction: cell(2),
    path: cell(3),
    type: cell(4),
    versions: cell(5),
    nullable: cell(6),
    defaultText: cell(7),
    tag: cell(8),
    tagged: cell(9),
  }
}

/** '3', '3+' or '0-14'. */
function versionsOf(text: string): Versions {
  const match = /^(\d+)(\+|-(\d+))?$/.exec(text)
  if (match === null) throw new Error(`not a version range: ${text}`)
  const from = Number(match[1])
  return { from, to: match[2] === undefined ? from : match[2] === '+' ? Infinity : Number(match[3]) }
}

function intersection(a: Versions, b: Versions): Versions | null {
  const both = { from: Math.max(a.from, b.from), to: Math.min(a.to, b.to) }
  return both.from <= both.to ? both : null
}

export function capital(name: string): string {
  return name.charAt(0).toUpperCase() + name.slice(1)
}

export function singular(name: string): string {
  return name.endsWith('s') && !name.endsWith('ss') ? name.slice(0, -1) : name
}
