// Turns the name of a stream into a seed in which every bit depends on every character. xor128 and its seeding are
// linear over bits: seeded with bare names, two streams whose names are equally long would differ by the same bits under
// every run seed (when link/1>2 is slow, link/1>3 always or never is), and no campaign would see them independent.

import { avalanche } from '../trace-hash.ts'

/** 32 hexadecimal digits; different names give, but for chance, unrelated ones. */
export function spreadName(name: string): string {
  let a = 0x6a09e667 | 0
  let b = 0xbb67ae85 | 0
  let c = 0x3c6ef372 | 0
  let d = 0xa54ff53a | 0
  for (let i = 0; i < name.length; i++) {
    const code = name.charCodeAt(i)
    a = Math.imul(a ^ code, 0x9e3779b1) ^ (d >>> 15)
    b = Math.imul(b ^ code, 0x85ebca6b) ^ (a >>> 13)
    c = Math.imul(c ^ code, 0xc2b2ae35) ^ (b >>> 16)
    d = Math.imul(d ^ code, 0x27d4eb2f) ^ (c >>> 14)
  }
  // Two rounds, so that each word has passed through all others.
  for (let round = 0; round < 2; round++) {
    a = avalanche(a + d)
    b = avalanche(b + a)
    c = avalanche(c + b)
    d = avalanche(d + c)
  }
  return [a, b, c, d].map((word) => (word >>> 0).toString(16).padStart(8, '0')).join('')
}
