// Which record is this? Every record a workload sends says so in its value: the client that sent it and a counter.

import { assert } from '../../sim/index.ts'

export interface RecordIdentity {
  readonly client: string
  readonly n: number
}

const SEPARATOR = 0x23 // '#'
const END = 0x20 // ' '
const FILLER = 0x2e // '.'

/** Makes values `web[0]#17 .....` of one client, of the wanted size or as long as the identity needs. */
export class ValueMaker {
  private readonly prefix: Uint8Array

  constructor(client: string) {
    this.prefix = new Uint8Array(client.length + 1)
    for (let i = 0; i < client.length; i++) {
      const code = client.charCodeAt(i)
      assert(code < 0x80 && code !== SEPARATOR && code !== END, `client names are plain: ${client}`)
      this.prefix[i] = code
    }
    this.prefix[client.length] = SEPARATOR
  }

  make(n: number, sizeBytes: number): Uint8Array {
    const digits = String(n)
    const needed = this.prefix.length + digits.length + 1
    const value = new Uint8Array(Math.max(needed, sizeBytes))
    value.set(this.prefix)
    for (let i = 0; i < digits.length; i++) value[this.prefix.length + i] = digits.charCodeAt(i)
    value[needed - 1] = END
    value.fill(FILLER, needed)
    return value
  }
}

/** Undefined if no workload of ours made this value. */
export function identify(value: Uint8Array | null): RecordIdentity | undefined {
  if (value === null) return undefined
  const separator = value.indexOf(SEPARATOR)
  if (separator < 1) return undefined
  let n = 0
  let at = separator + 1
  for (; at < value.length && value[at] !== END; at++) {
    const digit = (value[at] ?? 0) - 0x30
    if (digit < 0 || digit > 9) return undefined
    n = n * 10 + digit
  }
  if (at === separator + 1 || at === value.length) return undefined
  let client = ''
  for (let i = 0; i < separator; i++) client += String.fromCharCode(value[i] ?? 0)
  return { client, n }
}
