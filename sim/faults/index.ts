// All faults by name. A scenario's word for a fault is its key here.

import { assert } from '../assert.ts'
import type { BandwidthArgs } from './bandwidth.ts'
import { bandwidth } from './bandwidth.ts'
import type { ClockDriftArgs } from './clock-drift.ts'
import { clockDrift } from './clock-drift.ts'
import type { ClockJumpArgs } from './clock-jump.ts'
import { clockJump } from './clock-jump.ts'
import { clog } from './clog.ts'
import type { DiskErrorArgs } from './disk-error.ts'
import { diskError } from './disk-error.ts'
import type { DiskFullArgs } from './disk-full.ts'
import { diskFull } from './disk-full.ts'
import type { DiskArgs, Fault, FaultyWorld, Heal, ProcessArgs } from './fault.ts'
import type { DelayFramesArgs, FrameArgs } from './frames.ts'
import { delayFrames, dropFrames } from './frames.ts'
import type { HalfOpenArgs } from './half-open.ts'
import { halfOpen } from './half-open.ts'
import type { IsolateArgs } from './isolate.ts'
import { isolate } from './isolate.ts'
import { kill } from './kill.ts'
import type { LatencyArgs } from './latency.ts'
import { latency } from './latency.ts'
import type { LinkArgs } from './links.ts'
import type { LossArgs } from './loss.ts'
import { loss } from './loss.ts'
import { lyingSync } from './lying-sync.ts'
import { partition } from './partition.ts'
import { pause } from './pause.ts'
import type { PowerLossArgs } from './power-loss.ts'
import { powerLoss } from './power-loss.ts'
import type { ResetArgs } from './reset.ts'
import { reset } from './reset.ts'
import { restart } from './restart.ts'
import type { SlowCpuArgs } from './slow-cpu.ts'
import { slowCpu } from './slow-cpu.ts'
import type { SlowDiskArgs } from './slow-disk.ts'
import { slowDisk } from './slow-disk.ts'
import { stallDisk } from './stall-disk.ts'
import { stop } from './stop.ts'

/** What each fault takes. */
export interface FaultArgs {
  readonly kill: ProcessArgs
  readonly stop: ProcessArgs
  readonly 'power-loss': PowerLossArgs
  readonly restart: ProcessArgs
  readonly pause: ProcessArgs
  readonly partition: LinkArgs
  readonly isolate: IsolateArgs
  readonly latency: LatencyArgs
  readonly bandwidth: BandwidthArgs
  readonly clog: LinkArgs
  readonly loss: LossArgs
  readonly reset: ResetArgs
  readonly 'half-open': HalfOpenArgs
  readonly 'delay-frames': DelayFramesArgs
  readonly 'drop-frames': FrameArgs
  readonly 'slow-disk': SlowDiskArgs
  readonly 'stall-disk': DiskArgs
  readonly 'disk-full': DiskFullArgs
  readonly 'disk-error': DiskErrorArgs
  readonly 'lying-sync': DiskArgs
  readonly 'slow-cpu': SlowCpuArgs
  readonly 'clock-jump': ClockJumpArgs
  readonly 'clock-drift': ClockDriftArgs
}

export type FaultName = keyof FaultArgs

export const faults: { readonly [Name in FaultName]: Fault<FaultArgs[Name]> } = {
  kill,
  stop,
  'power-loss': powerLoss,
  restart,
  pause,
  partition,
  isolate,
  latency,
  bandwidth,
  clog,
  loss,
  reset,
  'half-open': halfOpen,
  'delay-frames': delayFrames,
  'drop-frames': dropFrames,
  'slow-disk': slowDisk,
  'stall-disk': stallDisk,
  'disk-full': diskFull,
  'disk-error': diskError,
  'lying-sync': lyingSync,
  'slow-cpu': slowCpu,
  'clock-jump': clockJump,
  'clock-drift': clockDrift,
}

/** Applies the fault of this name now. See `Fault.apply` for what it returns. */
export function applyFault<Name extends FaultName>(
  world: FaultyWorld,
  name: Name,
  args: FaultArgs[Name],
): Heal | undefined {
  const fault = faults[name]
  assert(fault !== undefined, `no fault is named '${name}'`)
  return fault.apply(world, args)
}
