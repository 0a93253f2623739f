// Which record is this? Every record a workload sends says so in its value: the client that sent it and a counter.

import { assert } from '../../sim/index.ts'

export interface RecordIdentity {
  readonly client: string
  readonly n: number
}

const SEPARATOR = 0x23 // '#'
const END = 0x20 // ' '
const FILLER = 0x2e // '.'
/** After the identity: no handler can handle it. */
const POISON = 0x21 // '!'
/** Of a counter: a number before this one was no longer. */
const MAX_DIGITS = 16

/** Makes values `web[0]#17 .....` of one client, of the wanted size or as long as the identity needs. */
export class ValueMaker {
  private readonly prefix: Uint8Array
  private value = new Uint8Array(0)

  constructor(client: string) {
    this.prefix = new Uint8Array(client.length + 1)
    for (let i = 0; i < client.length; i++) {
      const code = client.charCodeAt(i)
      assert(code < 0x80 && code !== SEPARATOR && code !== END, `client names are plain: ${client}`)
      this.prefix[i] = code
    }
    this.prefix[client.length] = SEPARATOR
  }

  /** As `make`, of a record that no handler can handle. */
  makePoison(n: number, sizeBytes: number): Uint8Array {
    const value = this.make(n, Math.max(sizeBytes, this.prefix.length + String(n).length + 2))
    value[this.prefix.length + String(n).length + 1] = POISON
    return value
  }

  /** Valid until the next `make`: the same memory is written again, a new one costs more than all that is in it. */
  make(n: number, sizeBytes: number): Uint8Array {
    const digits = String(n)
    const needed = this.prefix.length + digits.length + 1
    const value = this.bufferOf(Math.max(needed, sizeBytes))
    value.fill(FILLER, needed, Math.min(value.length, needed + MAX_DIGITS))
    for (let i = 0; i < digits.length; i++) value[this.prefix.length + i] = digits.charCodeAt(i)
    value[needed - 1] = END
    return value
  }

  private bufferOf(sizeBytes: number): Uint8Array {
    if (this.value.length !== sizeBytes) {
      this.value = new Uint8Array(sizeBytes).fill(FILLER)
      this.value.set(this.prefix)
    }
    return this.value
  }
}

/** Can no handler handle it? */
export function isPoison(value: Uint8Array | null): boolean {
  if (value === null) return false
  const end = value.indexOf(END)
  return end >= 0 && value[end + 1] === POISON
}

/** Undefined if no workload of ours made this value. */
export function identify(value: Uint8Array | null): RecordIdentity | undefined {
  const reader = new IdentityReader()
  if (value === null || !reader.read(value, 0, value.length)) return undefined
  return { client: reader.client, n: reader.n }
}

/** Reads the identities of many values in place. */
export class IdentityReader {
  /** After a `read` that said true. */
  client = ''
  n = -1
  /** `client` as bytes, which hardly ever differ from one value to the next. */
  private clientBytes = new Uint8Array(0)

  /** False if no workload of ours made the value at `bytes[from, to)`. */
  read(bytes: Uint8Array, from: number, to: number): boolean {
    let separator = from
    while (separator < to && bytes[separator] !== SEPARATOR) separator++
    if (separator === from) return false
    let n = 0
    let at = separator + 1
    for (; at < to && bytes[at] !== END; at++) {
      const digit = (bytes[at] ?? 0) - 0x30
      if (digit < 0 || digit > 9) return false
      n = n * 10 + digit
    }
    if (at === separator + 1 || at >= to) return false
    if (!this.isSameClient(bytes, from, separator)) this.readClient(bytes, from, separator)
    this.n = n
    return true
  }

  private isSameClient(bytes: Uint8Array, from: number, to: number): boolean {
    const { clientBytes } = this
    if (to - from !== clientBytes.length) return false
    for (let i = 0; i < clientBytes.length; i++) if (bytes[from + i] !== clientBytes[i]) return false
    return true
  }

  private readClient(bytes: Uint8Array, from: number, to: number): void {
    this.clientBytes = bytes.slice(from, to)
    this.client = ''
    for (const byte of this.clientBytes) this.client += String.fromCharCode(byte)
  }
}
