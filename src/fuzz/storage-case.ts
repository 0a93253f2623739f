// A case that is also about storage: its logs are kept in other ways, and most of the time its disks fail as well. All else of
// it stays as it was drawn. What disks did excuses what follows from it, by its cause (`signature.ts`): nothing that is
// expected is left out.

import type { Dice } from './dice.ts'
import { drawDiskPlan } from './disk-shapes.ts'
import type { DrawnCase } from './drawn-case.ts'
import type { DrawnCluster } from './drawn-cluster.ts'
import { drawStorage, type DrawnStorage } from './drawn-storage.ts'
import { finishPlan } from './plans.ts'

/** In so many of a hundred cases; and of these so many have disks that fail. */
const SHARE = 30
const FAILING = 75

/**
 * Recovery notes the producers after each segment, and waits until that is synced: small segments on a slow disk take
 * minutes. So many there may be on a broker, each as slow as the disk gets.
 */
const SEGMENTS_TO_RECOVER = 1000

/** Runs of which it is said how long writers wait, or that a link never comes back, are left as they are. */
export function withStorage(dice: Dice, drawn: DrawnCase): DrawnCase {
  if (drawn.character !== 'rough' || !dice.chance(SHARE)) return drawn
  const { cluster } = drawn
  const storage = drawStorage(dice, [...cluster.topics.keys()], cluster.stage.groups.length > 0)
  const failing = dice.chance(FAILING) ? drawDiskPlan(dice, { ...cluster.stage, dirs: storage.dirs }) : []
  // Trouble of disks is seen best where little else is.
  const others = failing.length > 0 && dice.chance(50) ? [] : drawn.faults
  return {
    ...drawn,
    cluster: stored(cluster, storage),
    faults: finishPlan([...others, ...failing], cluster.stage),
  }
}

type Mapping = { readonly [key: string]: unknown }

function stored(cluster: DrawnCluster, { broker, topics, compacted, tombstones }: DrawnStorage): DrawnCluster {
  const { parts } = cluster
  return {
    ...cluster,
    parts: {
      ...parts,
      settle: `${Number.parseInt(String(parts['settle']), 10) + SEGMENTS_TO_RECOVER * slowestSyncMs(parts['disk'])}ms`,
      cluster: within(parts['cluster'], 'config', broker),
      topics: each(parts['topics'], (name, topic) => within(topic, 'config', topics[name] ?? {})),
      producers: each(parts['producers'], (_, producer) => {
        if (!compacted.has(String(producer['topic']))) return producer
        // A record without a key has no place in a compacted topic.
        return {
          ...producer,
          keys: producer['keys'] ?? 10,
          ...(tombstones > 0 ? { tombstones: `${tombstones}%` } : {}),
        }
      }),
    },
  }
}

/** 0: syncs take no time. */
function slowestSyncMs(disk: unknown): number {
  const latency = (disk as Mapping | undefined)?.['sync-latency']
  return Number(/(\d+)ms$/.exec(String(latency))?.[1] ?? 0)
}

function each(section: unknown, change: (name: string, part: Mapping) => Mapping): Mapping {
  return Object.fromEntries(
    Object.entries(section as Mapping).map(([name, part]) => [name, change(name, part as Mapping)]),
  )
}

function within(part: unknown, key: string, more: Mapping): Mapping {
  const mapping = part as Mapping
  return { ...mapping, [key]: { ...(mapping[key] as Mapping), ...more } }
}
