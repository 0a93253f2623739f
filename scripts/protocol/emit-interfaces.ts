// Writes the interfaces of a message, and the values its fields have when a version does not carry them.

import { covers, type Field, type Scalar, type Struct, type Versions } from './schema.ts'

const TYPES: Record<Scalar, string> = {
  bool: 'boolean',
  int8: 'number',
  int16: 'number',
  uint16: 'number',
  int32: 'number',
  int64: 'number',
  string: 'string',
  uuid: 'string',
  bytes: 'Uint8Array',
  records: 'Uint8Array',
}

/** The interface of `struct` and, before it, those it refers to. `literalType` becomes a discriminating `type` field. */
export function interfacesOf(struct: Struct, literalType?: string): string {
  const inner = structsIn(struct).map((child) => interfacesOf(child))
  const lines = literalType === undefined ? [] : [`  readonly type: '${literalType}'`]
  for (const field of struct.fields) {
    lines.push(`  readonly ${field.name}: ${tsType(field)} // ${remark(field, struct.window)}`)
  }
  return [...inner, `export interface ${struct.name} {\n${lines.join('\n')}\n}\n`].join('\n')
}

/** Constants for the structs that are absent on the wire while they hold their defaults. */
export function defaultStructs(struct: Struct, namesTaken: Set<string> = new Set()): string {
  const parts: string[] = []
  for (const field of struct.fields) {
    if (field.type.kind === 'struct') {
      const name = defaultName(field)
      if (namesTaken.has(name)) throw new Error(`${struct.name}: two structs would be ${name}`)
      namesTaken.add(name)
      const { struct: child } = field.type
      const values = child.fields.map((inner) => `${inner.name}: ${defaultOf(inner)}`).join(', ')
      parts.push(`/** Absent on the wire. */\nexport const ${name}: ${child.name} = Object.freeze({ ${values} })\n`)
    } else if (field.type.kind === 'structs') {
      parts.push(defaultStructs(field.type.struct, namesTaken))
    }
  }
  return parts.filter((part) => part !== '').join('\n')
}

export function tsType(field: Field): string {
  const orNull = field.nullable === null ? '' : ' | null'
  switch (field.type.kind) {
    case 'scalar':
      return field.type.scalar === 'records' ? 'Uint8Array | null' : TYPES[field.type.scalar] + orNull
    case 'list':
      return `readonly ${TYPES[field.type.scalar]}[]${orNull}`
    case 'struct':
      if (field.nullable !== null) throw new Error(`nullable struct ${field.name}: not needed so far`)
      return field.type.struct.name
    case 'structs':
      return `readonly ${field.type.struct.name}[]${orNull}`
  }
}

/** The expression of a field's default (W-4: a field without one has its type's zero). */
export function defaultOf(field: Field): string {
  if (field.defaultText === 'null') return 'null'
  switch (field.type.kind) {
    case 'list':
    case 'structs':
      return '[]'
    case 'struct':
      return defaultName(field)
    case 'scalar':
      break
  }
  switch (field.type.scalar) {
    case 'bool':
      return field.defaultText ?? 'false'
    case 'string':
      return `'${field.defaultText ?? ''}'`
    case 'uuid':
      return 'ZERO_UUID'
    case 'bytes':
      return 'new Uint8Array(0)'
    case 'records':
      return 'null'
    default:
      return String(Number(field.defaultText ?? 0))
  }
}

export function structsIn(struct: Struct): Struct[] {
  return struct.fields.flatMap((field) => ('struct' in field.type ? [field.type.struct] : []))
}

function defaultName(field: Field): string {
  return `DEFAULT_${field.name.replaceAll(/([A-Z])/g, '_$1').toUpperCase()}`
}

function remark(field: Field, window: Versions): string {
  const type = field.type.kind === 'scalar' ? field.type.scalar : ''
  const list = field.type.kind === 'list' ? `[]${field.type.scalar}` : ''
  const parts = [type + list]
  if (!covers(field.versions, window)) {
    const open = field.versions.to >= window.to
    parts.push(open ? `v${field.versions.from}+` : `v${field.versions.from}-${field.versions.to}`)
  }
  if (field.tag !== null) parts.push(`tag ${field.tag}`)
  const byDefault = 'struct' in field.type ? 'null' : defaultOf(field)
  if (field.defaultText !== null) parts.push(`default ${byDefault}`)
  return parts.filter((part) => part !== '').join(', ') || 'structs'
}
