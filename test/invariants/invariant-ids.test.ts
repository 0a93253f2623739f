import { expect, it } from 'vitest'
import { INVARIANTS } from '../../src/invariants/index.ts'
import { INVARIANT_IDS } from '../../src/invariants/invariant-ids.ts'

it('the list of ids, which loads no invariant, has those of all invariants in their order', () => {
  expect(INVARIANT_IDS).toEqual(INVARIANTS.map(({ id }) => id))
})
