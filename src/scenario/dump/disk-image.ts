// What is on the disks of a broker at the end of a run: its log directories, as whoever looks into them would see them. A
// broker that is down has left its files as they are.

import type { SimulatedCluster } from '../cluster/simulated-cluster.ts'

export interface ImageFile {
  /** From the root of the machine, e.g. `data/orders-0/00000000000000000000.log`. */
  readonly path: string
  readonly bytes: Uint8Array
  /** In a listing: the zeros counted that an active index has room with. */
  readonly sizeBytes: number
}

export interface DiskImage {
  readonly broker: number
  readonly running: boolean
  readonly atUs: number
  /** Log directories, sorted. */
  readonly dirs: readonly string[]
  /** By path. */
  readonly files: readonly ImageFile[]
}

/** Undefined if there is no such broker. Costs the run nothing, and changes nothing. */
export function diskImage(cluster: SimulatedCluster, brokerId: number): DiskImage | undefined {
  if (!cluster.brokerIds.includes(brokerId)) return undefined
  const { all } = cluster.world.process(`broker-${brokerId}`).machine.disks
  const files = all.flatMap((disk) =>
    disk.paths().map((path) => ({
      path,
      bytes: disk.inspect(path) ?? new Uint8Array(0),
      sizeBytes: disk.listedSizeBytes(path),
    })),
  )
  files.sort((one, other) => (one.path < other.path ? -1 : 1))
  return {
    broker: brokerId,
    running: cluster.broker(brokerId) !== undefined,
    atUs: cluster.world.loop.nowUs,
    dirs: [...new Set(files.map(({ path }) => logDirOf(path)))].sort(),
    files,
  }
}

/** What lies below a partition's directory lies in the log directory above it; everything else is in one itself. */
function logDirOf(path: string): string {
  const dir = path.slice(0, Math.max(0, path.lastIndexOf('/')))
  return /-\d+$/.test(dir) ? dir.slice(0, Math.max(0, dir.lastIndexOf('/'))) : dir
}
