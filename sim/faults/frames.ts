// Frames chosen by kind, place in line and chance are delayed or lost. What is delayed holds back all behind it on its
// connection; what is lost takes its connection along, so that whoever waits for it asks again (TCP).

import { assert } from '../assert.ts'
import type { Micros } from '../host.ts'
import { type FrameChoice, type FrameRule, frameRule, LOST_WITH_CONNECTION } from '../network/frame-rule.ts'
import type { Fault, FaultyWorld, Heal } from './fault.ts'
import { checkLinks } from './links.ts'

/** Frames that travel from `from` to `to`; not those that come back. */
export interface FrameArgs extends FrameChoice {
  readonly from: readonly string[]
  readonly to: readonly string[]
}

export interface DelayFramesArgs extends FrameArgs {
  readonly byUs: Micros
}

export const delayFrames: Fault<DelayFramesArgs> = {
  name: 'delay-frames',
  apply(world, args) {
    assert(args.byUs >= 0, `frames are delayed by ${args.byUs} µs`)
    return install(world, args, frameRule(args, args.byUs))
  },
}

export const dropFrames: Fault<FrameArgs> = {
  name: 'drop-frames',
  apply(world, args) {
    return install(world, args, frameRule(args, LOST_WITH_CONNECTION))
  },
}

function install(world: FaultyWorld, args: FrameArgs, rule: FrameRule): Heal {
  const { nth = 1, count = 1, probability = 1 } = args
  assert(args.kinds.length > 0 && nth >= 1 && count >= 1, 'a fault of frames chooses some')
  assert(probability >= 0 && probability <= 1, `frames are hit with probability ${probability}`)
  checkLinks(world, args)
  return world.network.addRule(args.from, args.to, rule)
}
