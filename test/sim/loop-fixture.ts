// A loop with one owner, whose events note their name and time in `done`.

import type { EventId, EventLoopOptions } from '../../sim/event-loop.ts'
import { EventLoop } from '../../sim/event-loop.ts'
import { Owner } from '../../sim/owner.ts'
import { Xor128Rng } from '../../sim/random/xor128.ts'

export interface LoopFixture {
  readonly loop: EventLoop
  readonly owner: Owner
  readonly done: string[]
  readonly note: (atUs: number, name: string, whose?: Owner) => EventId
}

export function setUp(options: EventLoopOptions = {}): LoopFixture {
  const loop = new EventLoop(options)
  const owner = new Owner(1, 'a')
  const done: string[] = []
  const note = (atUs: number, name: string, whose = owner): EventId =>
    loop.schedule(atUs, whose, name, 0, () => done.push(`${name}@${loop.nowUs}`))
  return { loop, owner, done, note }
}

export function setUpShuffled(name: string): LoopFixture {
  return setUp({ order: 'shuffle', shuffleRng: new Xor128Rng(name) })
}
