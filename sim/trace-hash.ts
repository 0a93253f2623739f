// A rolling 64-bit hash of everything that was executed: two runs with the same hash did the same things at the same
// times in the same order. Two 32-bit lanes, since 64-bit integers are slow in JavaScript. Not cryptographic.

export class TraceHash {
  private a = 0x243f6a88 | 0
  private b = 0x85a308d3 | 0

  /**
   * Folds an executed event: its ordinal, when (µs), whose (owner id), what (`hashOfText` of its kind) and the digest
   * given with it. Its cause is left out: it explains, and is no part of what happened.
   */
  event(ordinal: number, atUs: number, node: number, kindHash: number, digest: number): void {
    let a = this.a
    let b = this.b
    a = mixA(a, ordinal)
    b = mixB(b, ordinal, a)
    a = mixA(a, atUs)
    b = mixB(b, atUs, a)
    // Both words of the time: it passes 2^32 µs after 71 minutes.
    const highWord = atUs / 0x1_0000_0000
    a = mixA(a, highWord)
    b = mixB(b, highWord, a)
    a = mixA(a, node)
    b = mixB(b, node, a)
    a = mixA(a, kindHash)
    b = mixB(b, kindHash, a)
    a = mixA(a, digest)
    b = mixB(b, digest, a)
    this.a = a
    this.b = b
  }

  /** Folds one integer, both of its 32-bit words. */
  fold(value: number): void {
    const highWord = Math.floor(value / 0x1_0000_0000)
    const a = mixA(this.a, value)
    const b = mixB(this.b, value, a)
    this.a = mixA(a, highWord)
    this.b = mixB(b, highWord, this.a)
  }

  /** 16 hexadecimal digits. Asking does not change the hash. */
  hex(): string {
    const high = avalanche(this.a ^ Math.imul(this.b, 0x9e3779b1))
    const low = avalanche(this.b ^ Math.imul(high, 0x85ebca77))
    return hex32(high) + hex32(low)
  }
}

/** A 32-bit hash of a string, which depends on nothing else. */
export function hashOfText(text: string): number {
  let hash = 0x811c9dc5 | 0
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193)
  return avalanche(hash ^ text.length)
}

/** Spreads every bit of a 32-bit word over all bits. A bijection. */
export function avalanche(word: number): number {
  let x = word
  x = Math.imul(x ^ (x >>> 16), 0x85ebca6b)
  x = Math.imul(x ^ (x >>> 13), 0xc2b2ae35)
  return x ^ (x >>> 16)
}

function mixA(a: number, word: number): number {
  const x = a ^ Math.imul(word, 0xcc9e2d51)
  return (Math.imul((x << 13) | (x >>> 19), 5) + 0xe6546b64) | 0
}

function mixB(b: number, word: number, a: number): number {
  const x = b ^ Math.imul(word ^ a, 0x85ebca6b)
  return (Math.imul((x << 17) | (x >>> 15), 5) + 0x38b34ae5) | 0
}

function hex32(word: number): string {
  return (word >>> 0).toString(16).padStart(8, '0')
}
