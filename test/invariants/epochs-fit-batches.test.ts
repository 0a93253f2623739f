// the epoch cache says of an offset what the batch there says.

import { describe, expect, it } from 'vitest'
import { settled } from './mini-cluster.ts'

describe('R-10 epochs-fit-batches', () => {
  it('finds a follower whose cache has another epoch for what it copies', () => {
    const cluster = settled()
    cluster.produce(1, 2)
    cluster.sync(2, 3)
    expect(cluster.found).toEqual([])
    Object.defineProperty(cluster.at(2).log.epochs, 'epochForOffset', { value: () => 7 })
    cluster.produce(1, 1)
    cluster.sync(2, 3)
    expect(cluster.found).toEqual(['epochs-fit-batches'])
  })
})
