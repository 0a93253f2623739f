// What all parts of one network share.

import type { EventLoop } from '../event-loop.ts'
import type { Owner } from '../owner.ts'
import type { Streams } from '../random/streams.ts'
import type { FrameSeals } from './frame-seal.ts'
import type { NetworkSettings } from './settings.ts'

export interface Wiring {
  readonly loop: EventLoop
  readonly streams: Streams
  /** Owns what operating systems do by themselves, whatever becomes of their processes. */
  readonly world: Owner
  readonly settings: NetworkSettings
  /** In strict mode only. */
  readonly seals: FrameSeals | undefined
}
