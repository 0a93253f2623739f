import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { API_NAMES, APIS, type ApiName } from '../../src/protocol/api-keys.ts'
import { DIGEST_SEED, foldBytes, foldRecords, foldString, foldUuid } from '../../src/protocol/digest.ts'
import { API_CODECS, type ApiCodec } from '../../src/protocol/generated/api-codecs.ts'
import { arbitraryBody, type Body } from './arbitrary-bodies.ts'
import { fieldsOf } from './field-rows.ts'

describe('digests', () => {
  for (const api of API_NAMES) {
    it(`of ${api} change with every number and flag in the body`, () => {
      for (const direction of ['request', 'response']) {
        const version = APIS[api].maxVersion
        const fields = fieldsOf('wire-fields', api, direction).filter((field) => field.toVersion >= version)
        const digestOf = digestFunction(api, direction)
        fc.assert(
          fc.property(arbitraryBody(fieldsOf('wire-fields', api, direction), version), fc.nat(), (body, which) => {
            const before = digestOf(body as never)
            expect(before).toBe(before | 0)
            expect(digestOf(structuredClone(body) as never)).toBe(before)
            const changed = structuredClone(body)
            const places = placesIn(fields, changed, version)
            if (places.length === 0) return
            places[which % places.length]?.()
            expect(digestOf(changed as never)).not.toBe(before)
          }),
          { numRuns: 60 },
        )
      }
    })
  }

  it('tell record batches apart by length and CRC', () => {
    const batch = new Uint8Array(80)
    const before = foldRecords(DIGEST_SEED, batch)
    batch[20] = 1
    expect(foldRecords(DIGEST_SEED, batch)).not.toBe(before)
    expect(foldRecords(DIGEST_SEED, batch.subarray(0, 79))).not.toBe(foldRecords(DIGEST_SEED, batch))
    expect(foldRecords(DIGEST_SEED, null)).not.toBe(foldRecords(DIGEST_SEED, new Uint8Array(0)))
  })

  it('tell bytes apart by each of them', () => {
    const bytes = new Uint8Array(90)
    const digests = new Set([foldBytes(DIGEST_SEED, bytes), foldBytes(DIGEST_SEED, bytes.subarray(1))])
    for (let i = 0; i < bytes.length; i++) digests.add(foldBytes(DIGEST_SEED, bytes.with(i, 1)))
    expect(digests.size).toBe(92)
  })

  it('tell ids apart by every character', () => {
    const uuid = 'mZ3kQ1-4TZyqkq3JH4w0Zg'
    const digests = new Set([foldUuid(DIGEST_SEED, uuid)])
    for (let i = 0; i < 22; i++) digests.add(foldUuid(DIGEST_SEED, `${uuid.slice(0, i)}x${uuid.slice(i + 1)}`))
    expect(digests.size).toBe(23)
  })

  it('tell strings apart by either end', () => {
    const long = 'x'.repeat(200)
    const variants = [long, `y${long.slice(1)}`, `${long.slice(1)}y`, `${long}x`, '', 'x', null]
    expect(new Set(variants.map((text) => foldString(DIGEST_SEED, text))).size).toBe(variants.length)
  })
})

/** One change for each number and flag of the body; each change moves a single 32-bit word. */
function placesIn(fields: ReturnType<typeof fieldsOf>, body: Body, version: number): (() => void)[] {
  return fields.flatMap((field) => {
    if (field.toVersion < version) return []
    const value = body[field.name]
    if (typeof value === 'number') return [() => void (body[field.name] = value > 0 ? value - 1 : value + 1)]
    if (typeof value === 'boolean') return [() => void (body[field.name] = !value)]
    if (field.type === 'struct') return placesIn(field.children, value as Body, version)
    if (field.type !== 'array of struct' || value === null) return []
    return (value as Body[]).flatMap((item) => placesIn(field.children, item, version))
  })
}

/** The bodies are made from the field table, so their types are known to the table alone. */
function digestFunction<A extends ApiName>(api: A, direction: string): (body: never) => number {
  const codec: ApiCodec<A> = API_CODECS[api]
  return direction === 'request' ? codec.digestOfRequest : codec.digestOfResponse
}
