// Writes the functions that fold a message into 32 bits for the trace hash.

import { structsIn } from './emit-interfaces.ts'
import { singular, type Field, type Struct } from './schema.ts'

/** `digestOf…` for the message and a `fold…` for each struct in it. */
export function digestsOf(message: Struct): string {
  const head =
    `/** A signed 32-bit digest of all fields. */\n` +
    `export function digestOf${message.name}(body: ${message.name}): number {\n` +
    `  let digest = DIGEST_SEED\n${foldsOf(message, 'body')}  return digest\n}\n`
  return [head, ...structsIn(message).map(foldFunctions)].join('\n')
}

function foldFunctions(struct: Struct): string {
  const own =
    `function fold${struct.name}(before: number, body: ${struct.name}): number {\n` +
    `  let digest = before\n${foldsOf(struct, 'body')}  return digest\n}\n`
  return [own, ...structsIn(struct).map(foldFunctions)].join('\n')
}

function foldsOf(struct: Struct, holder: string): string {
  return struct.fields.map((field) => foldOf(field, `${holder}.${field.name}`)).join('')
}

function foldOf(field: Field, value: string): string {
  switch (field.type.kind) {
    case 'scalar':
      return `  digest = ${scalarFold(field.type.scalar)}(digest, ${value})\n`
    case 'list':
      return `  digest = ${listFold(field.type.scalar)}(digest, ${value})\n`
    case 'struct':
      return `  digest = fold${field.type.struct.name}(digest, ${value})\n`
    case 'structs': {
      const item = singular(field.name) === field.name ? `${field.name}Item` : singular(field.name)
      const loop = `for (const ${item} of ${value}) digest = fold${field.type.struct.name}(digest, ${item})\n`
      if (field.nullable === null) return `  digest = fold32(digest, ${value}.length)\n  ${loop}`
      return `  digest = fold32(digest, ${value} === null ? -1 : ${value}.length)\n  if (${value} !== null) ${loop}`
    }
  }
}

function scalarFold(scalar: string): string {
  if (scalar === 'int64') return 'fold64'
  if (scalar === 'bool') return 'foldBool'
  if (scalar === 'records') return 'foldRecords'
  if (scalar === 'bytes') return 'foldBytes'
  if (scalar === 'uuid') return 'foldUuid'
  return scalar === 'string' ? 'foldString' : 'fold32'
}

function listFold(scalar: string): string {
  if (scalar === 'int32') return 'foldInt32s'
  if (scalar === 'uuid') return 'foldUuids'
  if (scalar === 'string') return 'foldStrings'
  throw new Error(`no digest for lists of ${scalar}: not needed so far`)
}
