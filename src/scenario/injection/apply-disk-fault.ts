// Faults of disks: which disks of which machine, and for bit rot, which bit of which file. What is drawn comes from the fault's
// own stream.

import { applyFault, type Heal, type Rng, type SimProcess, unreachable } from '../../../sim/index.ts'
import { logDirPath } from '../../broker/log-dirs.ts'
import { baseOffset, BatchWalk, lastOffset, sizeInBytes } from '../../records/record-batch.ts'
import type { KafkaEvent } from '../../trace/kafka-event.ts'
import type { SimulatedCluster } from '../cluster/simulated-cluster.ts'
import type { CorruptAction, DiskAction } from '../faults/fault-model.ts'

export interface DiskFaultTools {
  readonly cluster: SimulatedCluster
  rng(): Rng
  /** It was felt: an operation failed. */
  hit(): void
  /** Tells what it did, once it is told that it happened. */
  tell(fn: () => void): void
}

export function applyToDisk(action: DiskAction, process: string, tools: DiskFaultTools): Heal | undefined {
  const { world } = tools.cluster
  const where = { process, dir: action.dir === undefined ? undefined : logDirPath(action.dir) }
  const onHit = () => tools.hit()
  switch (action.verb) {
    case 'stall-disk':
    case 'lying-sync':
      return applyFault(world, action.verb, where)
    case 'slow-disk':
      return applyFault(world, 'slow-disk', { ...where, factor: action.factor })
    case 'disk-full':
      return applyFault(world, 'disk-full', { ...where, freeBytes: action.freeBytes, onHit })
    case 'disk-error': {
      const { op: operation, nth, count, probability } = action
      const rng = () => tools.rng()
      return applyFault(world, 'disk-error', { ...where, operation, nth, count, probability, rng, onHit })
    }
    default:
      return unreachable(action, 'fault of disks')
  }
}

/** False if there is no such byte. */
export function corrupt(action: CorruptAction, process: string, tools: DiskFaultTools): boolean {
  let rotted = false
  for (let i = 0; i < action.count; i++)
    rotted = corruptOne(action, tools.cluster.world.process(process), tools) || rotted
  return rotted
}

/** A stretch of a file, any byte of which will do. */
interface Stretch {
  readonly path: string
  readonly from: number
  readonly to: number
}

function corruptOne(
  action: CorruptAction,
  process: SimProcess<KafkaEvent>,
  { cluster, rng, tell }: DiskFaultTools,
): boolean {
  const { disks } = process.machine
  const stretches = stretchesOf(action, process)
  const sizeBytes = stretches.reduce((sum, { from, to }) => sum + to - from, 0)
  if (sizeBytes === 0) return false
  let at = rng().below(sizeBytes)
  for (const { path, from, to } of stretches) {
    if (at >= to - from) {
      at -= to - from
      continue
    }
    const position = from + at
    const disk = disks.of(path)
    const batch = batchAt(disk.inspect(path) ?? new Uint8Array(0), position)
    disk.rot(path, position, 1 << rng().below(8))
    const { partition } = segmentOf(path) ?? { partition: null }
    const [firstOffset, last] = partition === null || batch === undefined ? [-1, -1] : batch
    const event = { process: process.name, path, position, partition, firstOffset, lastOffset: last }
    tell(() => cluster.world.trace.emit({ type: 'bytes-rotted', ...event }, 'world'))
    return true
  }
  return false
}

function stretchesOf({ partition, offset, file, position }: CorruptAction, process: SimProcess<KafkaEvent>): Stretch[] {
  const paths = process.machine.disks.all.flatMap((disk) => disk.paths())
  const sizeOf = (path: string): number => process.machine.disks.of(path).inspect(path)?.length ?? 0
  const whole = (path: string): Stretch => ({ path, from: 0, to: sizeOf(path) })
  if (file !== undefined) {
    const named = paths.filter((path) => path === file || path.endsWith(`/${file}`)).map(whole)
    if (position === undefined) return named
    return named.flatMap(({ path, to }) => (position < to ? [{ path, from: position, to: position + 1 }] : []))
  }
  const segments = paths.filter((path) => {
    const segment = segmentOf(path)
    return segment !== undefined && (partition === undefined || segment.partition === nameOf(partition))
  })
  if (offset === undefined) return segments.map(whole)
  return segments.flatMap((path) => {
    const bytes = process.machine.disks.of(path).inspect(path) ?? new Uint8Array(0)
    const walk = new BatchWalk(bytes, 0, bytes.length)
    while (walk.next()) {
      const holds = baseOffset(bytes, walk.position) <= offset && offset <= lastOffset(bytes, walk.position)
      if (holds) return [{ path, from: walk.position, to: walk.position + sizeInBytes(bytes, walk.position) }]
    }
    return []
  })
}

/** First and last offset of the batch that has this byte. */
function batchAt(bytes: Uint8Array, position: number): readonly [number, number] | undefined {
  const walk = new BatchWalk(bytes, 0, bytes.length)
  while (walk.next()) {
    if (position < walk.position + sizeInBytes(bytes, walk.position)) {
      return [baseOffset(bytes, walk.position), lastOffset(bytes, walk.position)]
    }
  }
  return undefined
}

function segmentOf(path: string): { readonly partition: string } | undefined {
  const partition = /(?:^|\/)([^/]+)\/\d{20}\.log$/.exec(path)?.[1]
  return partition === undefined ? undefined : { partition }
}

function nameOf({ topic, partition }: { readonly topic: string; readonly partition: number }): string {
  return `${topic}-${partition}`
}
