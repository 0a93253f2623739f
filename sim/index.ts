// The public API of `kafkasim/sim`: a deterministic world for processes written against `Host`. Knows no protocol.

export { World } from './world.ts'
export type { ProcessOptions, WorldOptions } from './world.ts'
export type { ProcessState, SimProcess } from './process/sim-process.ts'
export type { Machine } from './process/machine.ts'
export type { MachineClock } from './process/machine-clock.ts'

export type {
  Clock,
  CloseReason,
  Connection,
  ConnectionHandlers,
  Disk,
  DiskFile,
  Frame,
  Host,
  Jobs,
  Kind,
  Listener,
  Micros,
  Network,
  Pool,
  Random,
  Timer,
  TraceEvent,
  Tracer,
} from './host.ts'

export { applyFault, faults } from './faults/index.ts'
export type { FaultArgs, FaultName } from './faults/index.ts'
export type { Fault, FaultyProcess, FaultyWorld, Heal } from './faults/fault.ts'

export { DiskError } from './disk/disk-error.ts'
export type { DiskOperation } from './disk/disk-error.ts'
export type { DiskSettings } from './disk/settings.ts'
export type { PowerLossReport, SimDisk } from './disk/sim-disk.ts'
export type { LinkSettings, NetworkSettings } from './network/settings.ts'
export type { SimNetwork } from './network/sim-network.ts'

export type { KnownQuantiles, Quantiles } from './random/quantiles.ts'
export { fixed, quantiles, uniform } from './random/quantiles.ts'
export type { Rng } from './random/rng.ts'
export type { Streams } from './random/streams.ts'

export { SpinError } from './event-loop.ts'
export type { EventId, EventLoop, LoopObserver, RunResult } from './event-loop.ts'
export { EventLog } from './event-log.ts'
export type { LoggedEvent } from './event-log.ts'
export type { Owner } from './owner.ts'
export type { TraceBus, TraceContext, TraceListener } from './trace.ts'
export { DefectError, assert, unreachable } from './assert.ts'
