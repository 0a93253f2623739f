// Writes the encoder and decoder of a metadata-log record at the one version we keep. All of them are flexible.

import { defaultOf, structsIn, tsType } from './emit-interfaces.ts'
import { singular, type Field, type Scalar, type Struct } from './schema.ts'

const METHODS: Record<Exclude<Scalar, 'records'>, string> = {
  bool: 'bool',
  int8: 'int8',
  int16: 'int16',
  uint16: 'uint16',
  int32: 'int32',
  int64: 'int64',
  string: 'string',
  uuid: 'uuid',
  bytes: 'bytes',
}

export function recordCodec(record: Struct): string {
  return [encoder(record), decoder(record, record.name), ...structsIn(record).map(innerCodec)].join('\n')
}

function innerCodec(struct: Struct): string {
  return [encoder(struct), decoder(struct, null), ...structsIn(struct).map(innerCodec)].join('\n')
}

function encoder(struct: Struct): string {
  const plain = struct.fields.filter((field) => field.tag === null).map((field) => write(field))
  const tagged = taggedFields(struct)
  const tests = tagged.map((field) => `(${differs(field)} ? 1 : 0)`)
  const count = tests.length === 0 ? '0' : tests.join(' + ')
  const tags = tagged.map(
    (field) => `  if (${differs(field)}) writer.${taggedMethod(field)}(${field.tag}, record.${field.name})\n`,
  )
  const record = struct.fields.length === 0 ? '_record' : 'record'
  return (
    `export function encode${struct.name}(writer: ByteWriter, ${record}: ${struct.name}): void {\n` +
    `${plain.join('')}  writer.uvarint(${count})\n${tags.join('')}}\n`
  )
}

function write(field: Field): string {
  if (field.type.kind === 'structs') {
    if (field.nullable !== null) throw new Error(`nullable ${field.name}: not needed so far`)
    const item = singular(field.name)
    return (
      `  writer.count(record.${field.name}.length)\n` +
      `  for (const ${item} of record.${field.name}) encode${field.type.struct.name}(writer, ${item})\n`
    )
  }
  return `  writer.${method(field)}(record.${field.name})\n`
}

function decoder(struct: Struct, literalType: string | null): string {
  const tagged = taggedFields(struct)
  const plain = struct.fields.filter((field) => field.tag === null).map((field) => read(field))
  const lets = tagged.map((field) => `  let ${field.name}: ${tsType(field)} = ${defaultOf(field)}\n`)
  const names = struct.fields.map((field) => field.name)
  if (literalType !== null) names.unshift(`type: '${literalType}'`)
  const skip = tagged.length === 0 ? `  reader.skipTaggedFields()\n` : tagLoop(tagged)
  return (
    `export function decode${struct.name}(reader: ByteReader): ${struct.name} {\n` +
    `${plain.join('')}${lets.join('')}${skip}  return { ${names.join(', ')} }\n}\n`
  )
}

function tagLoop(tagged: readonly Field[]): string {
  const cases = tagged.map(
    (field) => `      case ${field.tag}:\n        ${field.name} = reader.${method(field)}()\n        break\n`,
  )
  return (
    `  for (let left = reader.uvarint(); left > 0; left--) {\n` +
    `    const tag = reader.uvarint()\n    const sizeBytes = reader.uvarint()\n    switch (tag) {\n` +
    `${cases.join('')}      default:\n        reader.skip(sizeBytes)\n    }\n  }\n`
  )
}

function read(field: Field): string {
  if (field.type.kind === 'structs') {
    const { name } = field.type.struct
    return (
      `  const ${field.name}: ${name}[] = []\n` +
      `  for (let left = reader.count(); left > 0; left--) ${field.name}.push(decode${name}(reader))\n`
    )
  }
  return `  const ${field.name} = reader.${method(field)}()\n`
}

/** The method of reader and writer that handles an ordinary field. */
function method(field: Field): string {
  if (field.type.kind === 'scalar' && field.type.scalar !== 'records') {
    if (field.nullable === null) return METHODS[field.type.scalar]
    if (field.type.scalar === 'string') return 'nullableString'
  }
  if (field.type.kind === 'list' && field.type.scalar === 'int32') {
    return field.nullable === null ? 'int32s' : 'nullableInt32s'
  }
  if (field.type.kind === 'list' && field.type.scalar === 'uuid') {
    return field.nullable === null ? 'uuids' : 'nullableUuids'
  }
  throw new Error(`${field.name}: no reader or writer for its type so far`)
}

/** The writer's method for a tagged field. It is written only when it is not null. */
function taggedMethod(field: Field): string {
  const plain = method({ ...field, nullable: null })
  return `tagged${plain.charAt(0).toUpperCase()}${plain.slice(1)}`
}

/** Tags must rise on the wire, whatever the order in the schema. */
function taggedFields(struct: Struct): Field[] {
  return struct.fields.filter((field) => field.tag !== null).toSorted((a, b) => (a.tag ?? 0) - (b.tag ?? 0))
}

function differs(field: Field): string {
  const value = `record.${field.name}`
  if (field.nullable !== null) return `${value} !== null`
  return field.type.kind === 'list' ? `${value}.length > 0` : `${value} !== ${defaultOf(field)}`
}
