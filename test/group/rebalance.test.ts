import { describe, expect, it } from 'vitest'
import { Errors } from '../../src/protocol/error-codes.ts'
import { GroupRig } from './rig.ts'

describe('a first member', () => {
  it('is given an id, comes with it, leads, assigns, and the group is Stable', () => {
    const rig = new GroupRig().lead()
    const first = rig.join()
    expect(first.answer).toMatchObject({ errorCode: Errors.MEMBER_ID_REQUIRED, generationId: -1 })
    const memberId = first.answer!.memberId
    expect(memberId).toMatch(/^test-[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
    const second = rig.join({ memberId })
    rig.host.clock.advance(0)
    expect(second.answer).toMatchObject({ errorCode: 0, generationId: 1, leader: memberId, protocolName: 'range' })
    expect(second.answer!.members.map((member) => member.memberId)).toEqual([memberId])
    expect(rig.state).toBe('CompletingRebalance')
    const assignment = new Uint8Array([1, 2])
    const sync = rig.sync(memberId, 1, { assignments: [{ memberId, assignment }] })
    expect(sync.answer).toMatchObject({ errorCode: 0, assignment })
    expect(rig.state).toBe('Stable')
  })
})
