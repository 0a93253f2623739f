// What kind of device a simulated disk is, and how kindly it treats unsynced data when the power goes. The defaults are
// those of an ordinary data-centre SSD without power-loss protection.

import { assert } from '../assert.ts'
import type { Micros } from '../host.ts'
import type { Quantiles } from '../random/quantiles.ts'

export interface DiskSettings {
  /** Latency of one sync, the transfer of its bytes not counted, in µs. */
  readonly syncLatencyUs: Quantiles
  /** Latency of one read of what is not in the cache, the transfer not counted, in µs. */
  readonly coldReadLatencyUs: Quantiles
  /** Transfer rate of the device when it writes. */
  readonly writeBytesPerUs: number
  /** Transfer rate of the device when it reads. */
  readonly coldReadBytesPerUs: number
  /** Rate at which an append copies bytes into the cache. */
  readonly cacheBytesPerUs: number
  /** A change older than this has been written back without anyone's asking. */
  readonly writebackAgeUs: Micros
  /** Chance that the last unsynced write to survive a power loss did so only in part. */
  readonly tearProbability: number
  /** Chance that a torn write left the file at its full size, the missing end filled with zeros, rather than short. */
  readonly zeroedTailProbability: number
}

export const DEFAULT_DISK_SETTINGS: DiskSettings = {
  syncLatencyUs: { probabilities: [0, 0.5, 0.99, 0.999, 1], values: [200, 600, 4_000, 15_000, 60_000] },
  coldReadLatencyUs: { probabilities: [0, 0.5, 0.99, 0.999, 1], values: [60, 100, 800, 4_000, 20_000] },
  writeBytesPerUs: 400,
  coldReadBytesPerUs: 500,
  cacheBytesPerUs: 4_000,
  writebackAgeUs: 30_000_000,
  tearProbability: 0.5,
  zeroedTailProbability: 0.5,
}

/** The defaults with `overrides` applied, checked. */
export function diskSettings(overrides: Partial<DiskSettings> = {}): DiskSettings {
  const settings = { ...DEFAULT_DISK_SETTINGS, ...overrides }
  for (const rate of ['writeBytesPerUs', 'coldReadBytesPerUs', 'cacheBytesPerUs'] as const) {
    assert(settings[rate] > 0, `disk setting ${rate} is ${settings[rate]}, must be > 0`)
  }
  for (const chance of ['tearProbability', 'zeroedTailProbability'] as const) {
    assert(
      settings[chance] >= 0 && settings[chance] <= 1,
      `disk setting ${chance} is ${settings[chance]}, not in [0, 1]`,
    )
  }
  const age = settings.writebackAgeUs
  assert(age === Infinity || (Number.isSafeInteger(age) && age >= 0), `disk setting writebackAgeUs is ${age}`)
  return settings
}
