// Strict mode: what is sent belongs to the receiver.

import { describe, expect, it } from 'vitest'
import type { Frame } from '../../../sim/index.ts'
import { Rig } from './rig.ts'

const SECOND = 1_000_000

function frameOf(body: unknown): Frame {
  return { kind: 'sealed', sizeBytes: 10, digest: 0, body }
}

describe('strict mode', () => {
  it('freezes what is sent, deeply', () => {
    const { rig, fromA } = Rig.pair({ settings: { strict: true } })
    const body = { topics: [{ name: 'orders' }] }
    fromA.send(frameOf(body))
    rig.run(SECOND)
    expect(Object.isFrozen(body.topics[0])).toBe(true)
  })

  it('finds bytes that were changed on their way', () => {
    const { rig, fromA } = Rig.pair({ settings: { strict: true } })
    const records = new Uint8Array([1, 2, 3])
    fromA.send(frameOf({ records }))
    records[1] = 9
    expect(() => rig.run(SECOND)).toThrow(/bytes of a sealed frame were changed/)
  })

  it('lets bytes pass that were not, also when one frame travels twice', () => {
    const { rig, b, fromA } = Rig.pair({ settings: { strict: true } })
    const frame = frameOf({ records: new Uint8Array([1, 2, 3]) })
    fromA.send(frame)
    fromA.send(frame)
    rig.run(SECOND)
    expect(b.heard).toHaveLength(2)
  })

  it('is off by default: nothing is frozen', () => {
    const { rig, fromA } = Rig.pair({})
    const body = { name: 'orders' }
    fromA.send(frameOf(body))
    rig.run(SECOND)
    expect(Object.isFrozen(body)).toBe(false)
  })
})
