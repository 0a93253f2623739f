// A slow encoder that walks the field table and writes every byte. It shares nothing with the generated code: the size
// of a message is the number of bytes this writes.

import { isCarried, type Node } from './field-rows.ts'

type Body = Record<string, unknown>

/** The bytes of a struct with these fields at a version. */
export function referenceBytes(fields: readonly Node[], body: Body, version: number, flexible: boolean): number[] {
  const bytes: number[] = []
  const tagged: { tag: number; data: number[] }[] = []
  for (const field of fields) {
    if (!isCarried(field, version)) continue
    const value = body[field.name]
    if (field.tag < 0) append(bytes, valueBytes(field, value, version, flexible))
    else if (!isDefault(field, value)) {
      tagged.push({ tag: field.tag, data: valueBytes(field, value, version, flexible) })
    }
  }
  if (!flexible) return bytes
  tagged.sort((a, b) => a.tag - b.tag)
  bytes.push(...uvarint(tagged.length))
  for (const { tag, data } of tagged) {
    append(bytes, uvarint(tag))
    append(bytes, uvarint(data.length))
    append(bytes, data)
  }
  return bytes
}

/** Not push(...more): arguments lie on the stack, and a body of many records overflows it. */
function append(bytes: number[], more: readonly number[]): void {
  for (const byte of more) bytes.push(byte)
}

export function uvarint(value: number): number[] {
  return value < 128 ? [value] : [(value % 128) + 128, ...uvarint(Math.floor(value / 128))]
}

function valueBytes(field: Node, value: unknown, version: number, flexible: boolean): number[] {
  if (field.type === 'struct') return referenceBytes(field.children, value as Body, version, flexible)
  if (field.type === 'array of struct' || field.type.startsWith('[]')) {
    if (value === null) return lengthBytes(-1, 4, flexible)
    const items = value as unknown[]
    const element = { ...field, type: field.type === 'array of struct' ? 'struct' : field.type.slice(2) }
    return [
      ...lengthBytes(items.length, 4, flexible),
      ...items.flatMap((item) => valueBytes(element, item, version, flexible)),
    ]
  }
  switch (field.type) {
    case 'bool':
      return [value === true ? 1 : 0]
    case 'int8':
      return integer(value, 1)
    case 'int16':
    case 'uint16':
      return integer(value, 2)
    case 'int32':
      return integer(value, 4)
    case 'int64':
      return integer(value, 8)
    case 'uuid':
      return [...Buffer.from(value as string, 'base64url')]
    case 'string': {
      if (value === null) return lengthBytes(-1, 2, flexible)
      const text = [...Buffer.from(value as string, 'utf8')]
      return [...lengthBytes(text.length, 2, flexible), ...text]
    }
    case 'bytes':
    case 'records': {
      if (value === null) return lengthBytes(-1, 4, flexible)
      const records = [...(value as Uint8Array)]
      return [...lengthBytes(records.length, 4, flexible), ...records]
    }
    default:
      throw new Error(`unknown type ${field.type}`)
  }
}

/** −1 stands for null. */
function lengthBytes(length: number, oldWidth: number, flexible: boolean): number[] {
  return flexible ? uvarint(length + 1) : integer(length, oldWidth)
}

function integer(value: unknown, width: number): number[] {
  let rest = BigInt.asUintN(width * 8, BigInt(value as number))
  const bytes: number[] = []
  for (let i = 0; i < width; i++) {
    bytes.unshift(Number(rest & 0xffn))
    rest >>= 8n
  }
  return bytes
}

function isDefault(field: Node, value: unknown): boolean {
  if (field.type === 'struct') {
    return field.children.every((child) => isDefault(child, (value as Body)[child.name]))
  }
  if (field.defaultText === 'null') return value === null
  if (Array.isArray(value)) return value.length === 0
  if (field.type === 'uuid') return value === 'A'.repeat(22)
  if (field.type === 'bool') return String(value) === field.defaultText
  if (field.type === 'string') return value === ''
  return value === Number(field.defaultText === '-' ? 0 : field.defaultText)
}
