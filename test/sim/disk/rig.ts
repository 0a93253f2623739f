// One disk, one incarnation that uses it, and a loop to run them on.

import { SimDisk } from '../../../sim/disk/sim-disk.ts'
import type { DiskSettings } from '../../../sim/disk/settings.ts'
import { EventLoop } from '../../../sim/event-loop.ts'
import type { Disk, Micros } from '../../../sim/host.ts'
import { Owner } from '../../../sim/owner.ts'
import type { Quantiles } from '../../../sim/random/quantiles.ts'
import { Streams } from '../../../sim/random/streams.ts'
import { FakeEndpoint, type FakeJob } from '../fake-endpoint.ts'

export const SYNC_US = 1000
export const COLD_READ_US = 100

export function always(us: number): Quantiles {
  return { probabilities: [0, 1], values: [us, us] }
}

/** Every sync takes SYNC_US and every cold read COLD_READ_US; bytes cost nothing to speak of. */
const PLAIN: Partial<DiskSettings> = {
  syncLatencyUs: always(SYNC_US),
  coldReadLatencyUs: always(COLD_READ_US),
  writeBytesPerUs: Infinity,
  coldReadBytesPerUs: Infinity,
  cacheBytesPerUs: 1e9,
}

export class Rig {
  readonly loop = new EventLoop({})
  readonly world = new Owner(0, 'world')
  readonly simDisk: SimDisk
  endpoint: FakeEndpoint
  disk: Disk

  constructor(settings: Partial<DiskSettings> = {}, seed = 1) {
    this.simDisk = new SimDisk('broker-1', this.loop, new Streams(seed).stream('disk/broker-1'), {
      ...PLAIN,
      ...settings,
    })
    this.endpoint = this.newEndpoint()
    this.disk = this.simDisk.attach(this.endpoint)
  }

  /** Runs `fn` as an event at `atUs`, and everything before it. */
  at(atUs: Micros, fn: () => void): void {
    this.loop.schedule(atUs, this.world, 'test', 0, fn)
    this.loop.run(atUs)
  }

  /** Runs `fn` as a job that starts at `atUs`. */
  jobAt(atUs: Micros, fn: () => void): FakeJob {
    const jobs: FakeJob[] = []
    this.at(atUs, () => jobs.push(this.endpoint.job(fn)))
    return jobs[0]!
  }

  /** The process dies and a new incarnation takes over the disk. */
  crash(): void {
    this.loop.kill(this.endpoint.owner)
    this.simDisk.detach(this.endpoint)
    this.boot()
  }

  /** A new incarnation attaches. */
  boot(): void {
    this.endpoint = this.newEndpoint()
    this.disk = this.simDisk.attach(this.endpoint)
  }

  text(path: string): string | undefined {
    const bytes = this.simDisk.inspect(path)
    return bytes === undefined ? undefined : Buffer.from(bytes).toString('latin1')
  }

  private newEndpoint(): FakeEndpoint {
    return new FakeEndpoint(this.loop, new Owner(1, 'broker-1'), 'broker-1')
  }
}

export function ascii(text: string): Uint8Array {
  return Uint8Array.from(Buffer.from(text, 'latin1'))
}
