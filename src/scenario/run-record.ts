// What a run remembers for its judgement beside history and invariants: elections, full ISRs, truncations.

import type { TraceBus } from '../../sim/index.ts'
import { NO_LEADER } from '../metadata/partition-state.ts'
import type { KafkaEvent, PartitionChanged } from '../trace/kafka-event.ts'

export interface UncleanElection {
  readonly partition: string
  readonly leader: number
  readonly leaderEpoch: number
  readonly atUs: number
  readonly ordinal: number
}

export interface Truncation {
  readonly partition: string
  readonly broker: number
  readonly fromOffset: number
  readonly toOffset: number
  readonly atUs: number
  readonly ordinal: number
}

export class RunRecord {
  readonly uncleanElections: UncleanElection[] = []
  readonly truncations: Truncation[] = []
  private readonly partitions = new Map<string, PartitionChanged>()
  private readonly short = new Set<string>()
  private fullSince: number | undefined = 0

  constructor(trace: TraceBus<KafkaEvent>) {
    trace.subscribe(['partition-changed', 'log-truncated'], (event, { atUs, ordinal }) => {
      if (event.type === 'partition-changed') this.partitionChanged(event, atUs, ordinal)
      else if (event.type === 'log-truncated') {
        const { partition, broker, fromOffset, toOffset } = event
        this.truncations.push({ partition, broker, fromOffset, toOffset, atUs, ordinal })
      }
    })
  }

  /** Since when every ISR has been its replica set; undefined while one is not. */
  get isrFullSinceUs(): number | undefined {
    return this.fullSince
  }

  /** The cut that removed this offset of a log, on the broker that held it longest. */
  truncationOf(partition: string, offset: number): Truncation | undefined {
    return this.truncations.findLast(
      (cut) => cut.partition === partition && cut.toOffset <= offset && offset < cut.fromOffset,
    )
  }

  private partitionChanged(event: PartitionChanged, atUs: number, ordinal: number): void {
    const before = this.partitions.get(event.partition)
    this.partitions.set(event.partition, event)
    const { partition, leader, leaderEpoch } = event
    if (before !== undefined && leader !== NO_LEADER && leader !== before.leader && !before.isr.includes(leader)) {
      this.uncleanElections.push({ partition, leader, leaderEpoch, atUs, ordinal })
    }
    if (event.isr.length < event.replicas.length) this.short.add(partition)
    else this.short.delete(partition)
    if (this.short.size > 0) this.fullSince = undefined
    else this.fullSince ??= atUs
  }
}
