import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { FrameQueue } from '../../../sim/network/frame-queue.ts'
import { frame } from './rig.ts'

type Step = ['push' | 'truncate', number] | ['shift']

const step: fc.Arbitrary<Step> = fc.oneof(
  fc.tuple(fc.constant('push' as const), fc.nat(20)),
  fc.tuple(fc.constant('truncate' as const), fc.nat(20)),
  fc.constant<Step>(['shift']),
)

describe('a frame queue', () => {
  it('does what a plain list does', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const queue = new FrameQueue()
        let model: { body: number; time: number }[] = []
        for (const [body, [what, number = 0]] of steps.entries()) {
          if (what === 'push') {
            queue.push(frame(body), number, body + 100)
            model.push({ body, time: number })
          } else if (what === 'truncate') {
            queue.truncate(number)
            model = model.slice(0, number)
          } else if (model.length > 0) {
            expect(queue.shift().body).toBe(model.shift()?.body)
          }
          expect(queue.length).toBe(model.length)
          const content = model.map((_, i) => ({ body: queue.frameAt(i).body, time: queue.timeAt(i) }))
          expect(content).toEqual(model)
          const causes = model.map((_, i) => queue.causeAt(i))
          expect(causes).toEqual(model.map(({ body }) => body + 100))
        }
      }),
    )
  })

  it('has no time beyond its end, and no frame', () => {
    const queue = new FrameQueue()
    expect(queue.timeAt(0)).toBe(Infinity)
    expect(() => queue.frameAt(0)).toThrow(/beyond its end/)
    expect(() => queue.shift()).toThrow(/beyond its end/)
  })
})
