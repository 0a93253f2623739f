import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { identify, ValueMaker } from '../../src/workload/record-identity.ts'

describe('which record is this?', () => {
  it('a value says which client made it, and which of its records it is, whatever its size', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[a-z0-9[\]/-]{1,12}$/), fc.nat(), fc.nat(200), (client, n, sizeBytes) => {
        const value = new ValueMaker(client).make(n, sizeBytes)
        expect(identify(value)).toEqual({ client, n })
        expect(value.length).toBe(Math.max(sizeBytes, client.length + String(n).length + 2))
      }),
    )
  })

  it.each(['', 'plain', '#1 ', 'web#', 'web# ', 'web#x ', 'web#12'])('%j was made by somebody else', (text) => {
    expect(identify(new TextEncoder().encode(text))).toBeUndefined()
  })

  it('no value has no identity', () => {
    expect(identify(null)).toBeUndefined()
  })
})
