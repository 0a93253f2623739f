// Writes the functions that tell a message's exact size on the wire at a version. Fixed parts are summed here and now;
// what is left at run time are the conditions on the version and the parts whose size depends on their value.

import { defaultOf, structsIn } from './emit-interfaces.ts'
import { covers, singular, type Field, type Scalar, type Struct, type Versions } from './schema.ts'

const FIXED_BYTES: Partial<Record<Scalar, number>> = {
  bool: 1,
  int8: 1,
  int16: 2,
  uint16: 2,
  int32: 4,
  int64: 8,
  uuid: 16,
}

/** `sizeOf…` for the message and for each struct in it whose elements differ in size. */
export function sizesOf(message: Struct, flexibleSince: number): string {
  return new SizeEmitter(flexibleSince).message(message)
}

class SizeEmitter {
  private readonly flexibleSince: number

  constructor(flexibleSince: number) {
    this.flexibleSince = flexibleSince
  }

  message(struct: Struct): string {
    const body = this.body(struct)
    const version = /\bversion\b/.test(body) ? 'version' : '_version'
    const head =
      `/** Bytes of the body on the wire. */\n` +
      `export function sizeOf${struct.name}(${usesBody(body)}: ${struct.name}, ${version}: number): number {\n${body}}\n`
    return [head, ...structsIn(struct).map((child) => this.inner(child))].filter((part) => part !== '').join('\n')
  }

  private inner(struct: Struct): string {
    const own = this.constantBytes(struct) === null ? this.innerFunction(struct) : ''
    return [own, ...structsIn(struct).map((child) => this.inner(child))].filter((part) => part !== '').join('\n')
  }

  private innerFunction(struct: Struct): string {
    const body = this.body(struct)
    const parameters = /\bbody\b/.test(body) ? [`body: ${struct.name}`] : []
    if (/\bversion\b/.test(body)) parameters.push('version: number')
    return `function sizeOf${struct.name}(${parameters.join(', ')}): number {\n${body}}\n`
  }

  private body(struct: Struct): string {
    const fixed = new Map<string, number>([['', 0]])
    const add = (condition: string, bytes: number) => fixed.set(condition, (fixed.get(condition) ?? 0) + bytes)
    const rest: string[] = []
    for (const field of struct.fields) {
      if (field.tag !== null) continue
      const condition = conditionOf(field.versions, struct.window)
      const bytes = this.fixedBytes(field)
      if (bytes !== null) add(condition, bytes)
      else rest.push(guarded(condition, this.variable(field, `body.${field.name}`, struct)))
    }
    // The count of tagged fields: one byte while there are fewer than 128 of them.
    const flexible = conditionOf({ from: this.flexibleSince, to: Infinity }, struct.window)
    if (flexible !== NEVER) add(flexible, 1)
    for (const field of struct.fields) if (field.tag !== null) rest.push(this.tagged(field, struct))
    const constant = fixed.get('') ?? 0
    fixed.delete('')
    const byVersion = [...fixed].map(([condition, bytes]) => `  if (${condition}) size += ${bytes}\n`)
    const statements = [...byVersion, ...rest].join('')
    const flag = /\bflexible\b/.test(statements) ? `  const flexible = ${flexible}\n` : ''
    if (statements === '') return `  return ${constant}\n`
    return `${flag}  let size = ${constant}\n${statements}  return size\n`
  }

  private fixedBytes(field: Field): number | null {
    if (field.type.kind === 'scalar') return FIXED_BYTES[field.type.scalar] ?? null
    return field.type.kind === 'struct' ? this.constantBytes(field.type.struct) : null
  }

  /** The size of every value of `struct` in every version it occurs in, if that is one number. */
  private constantBytes(struct: Struct): number | null {
    const flexible = this.flexibleIn(struct.window)
    if (flexible === 'flexible') return null
    let total = flexible === 'true' ? 1 : 0
    for (const field of struct.fields) {
      const bytes = this.fixedBytes(field)
      if (bytes === null || field.tag !== null || !covers(field.versions, struct.window)) return null
      total += bytes
    }
    return total
  }

  /** Do all values of `struct` have the same size at a given version? */
  private isSameForAll(struct: Struct): boolean {
    return struct.fields.every((field) => field.tag === null && this.fixedBytes(field) !== null)
  }

  private flexibleIn(window: Versions): 'true' | 'false' | 'flexible' {
    if (window.from >= this.flexibleSince) return 'true'
    return window.to < this.flexibleSince ? 'false' : 'flexible'
  }

  private variable(field: Field, value: string, owner: Struct): string {
    const flexible = this.flexibleIn(field.versions)
    const check = nullCheck(field, value, owner)
    switch (field.type.kind) {
      case 'scalar':
        return `${check}  size += ${scalarSize(field, value, flexible)}\n`
      case 'struct':
        return `  size += ${this.call(field.type.struct, value)}\n`
      case 'list':
      case 'structs':
        return check + this.list(field, value, flexible, 'size')
    }
  }

  private list(field: Field, value: string, flexible: string, total: string): string {
    const filled = `  ${total} += ${this.listExpression(field, value, flexible)}\n${this.loop(field, value, total)}`
    if (field.nullable === null || total !== 'size') return filled
    const body = indent(filled)
    return `  if (${value} === null) ${total} += nullCountSize(${flexible})\n  else {\n${body}  }\n`
  }

  /** The count and, where they all have one size, the elements. */
  private listExpression(field: Field, value: string, flexible: string): string {
    const count = `countSize(${value}.length, ${flexible})`
    if (field.type.kind === 'list') {
      const width = FIXED_BYTES[field.type.scalar]
      return width === undefined ? count : `${count} + ${value}.length * ${width}`
    }
    if (field.type.kind !== 'structs') throw new Error(`${field.name} is no list`)
    const { struct } = field.type
    const bytes = this.constantBytes(struct)
    if (bytes !== null) return `${count} + ${value}.length * ${bytes}`
    return this.isSameForAll(struct) ? `${count} + ${value}.length * ${this.call(struct, '')}` : count
  }

  private loop(field: Field, value: string, total: string): string {
    const item = singular(field.name) === field.name ? `${field.name}Item` : singular(field.name)
    if (field.type.kind === 'list') {
      if (FIXED_BYTES[field.type.scalar] !== undefined) return ''
      return `  for (const ${item} of ${value}) ${total} += stringSize(${item}, ${this.flexibleIn(field.versions)})\n`
    }
    if (field.type.kind !== 'structs' || this.isSameForAll(field.type.struct)) return ''
    return `  for (const ${item} of ${value}) ${total} += ${this.call(field.type.struct, item)}\n`
  }

  private call(struct: Struct, value: string): string {
    const text = this.body(struct)
    const args = /\bbody\b/.test(text) ? [value] : []
    if (/\bversion\b/.test(text)) args.push('version')
    return `sizeOf${struct.name}(${args.join(', ')})`
  }

  private tagged(field: Field, owner: Struct): string {
    const value = `body.${field.name}`
    const version = conditionOf(field.versions, owner.window)
    const differs = differsFromDefault(field, value)
    const condition = version === '' ? differs : `${version} && ${differs.includes('||') ? `(${differs})` : differs}`
    const bytes = this.fixedBytes(field)
    if (bytes !== null) return `  if (${condition}) size += ${2 + bytes} // tag ${field.tag}\n`
    if (field.type.kind === 'scalar') {
      const data = scalarSize({ ...field, nullable: null }, value, 'true')
      return `  if (${condition}) size += taggedSize(${field.tag}, ${data})\n`
    }
    if (field.type.kind === 'struct') {
      return `  if (${condition}) size += taggedSize(${field.tag}, ${this.call(field.type.struct, value)})\n`
    }
    const loop = this.loop(field, value, 'data')
    const count = this.listExpression(field, value, 'true')
    if (loop === '') return `  if (${condition}) size += taggedSize(${field.tag}, ${count})\n`
    const data = `  let data = ${count}\n${loop}  size += taggedSize(${field.tag}, data)\n`
    return `  if (${condition}) {\n${indent(data)}  }\n`
  }
}

/** A condition that no version of the window meets. */
const NEVER = 'false'

/** The test that a version of `window` lies in `versions`: '' if all do. */
function conditionOf(versions: Versions, window: Versions): string {
  if (versions.from > window.to) return NEVER
  const tests: string[] = []
  if (versions.from > window.from) tests.push(`version >= ${versions.from}`)
  if (versions.to < window.to) tests.push(`version <= ${versions.to}`)
  return tests.join(' && ')
}

function scalarSize(field: Field, value: string, flexible: string): string {
  if (field.type.kind !== 'scalar') throw new Error(`${field.name} is no scalar`)
  if (field.type.scalar === 'records') return `recordsSize(${value}, ${flexible})`
  if (field.type.scalar === 'bytes') {
    if (field.nullable !== null) throw new Error(`nullable bytes ${field.name}: not needed so far`)
    return `bytesSize(${value}, ${flexible})`
  }
  return `${field.nullable === null ? 'stringSize' : 'nullableStringSize'}(${value}, ${flexible})`
}

/** A null that the version has no way to say is a defect of the sender. */
function nullCheck(field: Field, value: string, owner: Struct): string {
  if (field.nullable === null || covers(field.nullable, field.versions)) return ''
  const allowed = conditionOf(field.nullable, owner.window)
  return `  assert(${value} !== null || (${allowed}), '${owner.name}.${field.name} is null at a version without null')\n`
}

function differsFromDefault(field: Field, value: string): string {
  if (field.type.kind === 'struct') {
    return field.type.struct.fields.map((inner) => differsFromDefault(inner, `${value}.${inner.name}`)).join(' || ')
  }
  if (field.defaultText === 'null') return `${value} !== null`
  if (field.type.kind !== 'scalar') return `${value}.length > 0`
  if (field.type.scalar === 'bool') return defaultOf(field) === 'true' ? `!${value}` : value
  return `${value} !== ${defaultOf(field)}`
}

function guarded(condition: string, statements: string): string {
  if (condition === '') return statements
  const lines = statements.trimEnd().split('\n')
  if (lines.length === 1) return `  if (${condition}) ${statements.trim()}\n`
  return `  if (${condition}) {\n${indent(statements)}  }\n`
}

function indent(statements: string): string {
  return statements.replaceAll(/^(?=.)/gm, '  ')
}

function usesBody(text: string): string {
  return /\bbody\b/.test(text) ? 'body' : '_body'
}
