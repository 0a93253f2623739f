// Who owns which partition, as members believe (IG-6), and whether two do at once. Whoever the coordinator threw out, or
// who left because its application did not poll, is a zombie: it may go on for a while, may not commit, and does not count.

export interface Overlap {
  readonly group: string
  readonly partition: string
  /** Who owned it, and who was given it. */
  readonly owner: string
  readonly other: string
  readonly atUs: number
}

/** Nobody owned a partition. */
export interface Gap {
  readonly group: string
  readonly partition: string
  readonly fromUs: number
  /** Infinity while it lasts. */
  untilUs: number
}

export class Ownership {
  readonly overlaps: Overlap[] = []
  readonly gaps: Gap[] = []
  /** Of a partition that has had an owner: the present one, or the gap since. By group. */
  private readonly partitions = new Map<string, Map<string, { owners: Set<string>; gap: Gap | undefined }>>()
  private readonly groupOf = new Map<string, string>()

  /** Live members that own the partition. */
  owners(group: string, partition: string): readonly string[] {
    return [...(this.partitions.get(group)?.get(partition)?.owners ?? [])]
  }

  assigned(group: string, client: string, owned: readonly string[], atUs: number): void {
    this.groupOf.set(client, group)
    const partitions = this.of(group)
    for (const partition of owned) {
      const known = partitions.get(partition) ?? { owners: new Set<string>(), gap: undefined }
      partitions.set(partition, known)
      for (const owner of known.owners) {
        if (owner !== client) this.overlaps.push({ group, partition, owner, other: client, atUs })
      }
      known.owners.add(client)
      if (known.gap !== undefined) known.gap.untilUs = atUs
      known.gap = undefined
    }
  }

  givenUp(client: string, partitions: readonly string[], atUs: number): void {
    const group = this.groupOf.get(client)
    if (group === undefined) return
    for (const partition of partitions) this.release(group, partition, client, atUs)
  }

  /** The group has gone on without it. */
  zombie(client: string, atUs: number): void {
    this.gone(client, atUs)
  }

  gone(client: string, atUs: number): void {
    const group = this.groupOf.get(client)
    if (group === undefined) return
    for (const partition of this.of(group).keys()) this.release(group, partition, client, atUs)
  }

  private release(group: string, partition: string, client: string, atUs: number): void {
    const known = this.of(group).get(partition)
    if (known === undefined || !known.owners.delete(client) || known.owners.size > 0) return
    known.gap = { group, partition, fromUs: atUs, untilUs: Infinity }
    this.gaps.push(known.gap)
  }

  private of(group: string): Map<string, { owners: Set<string>; gap: Gap | undefined }> {
    let partitions = this.partitions.get(group)
    if (partitions === undefined) {
      partitions = new Map()
      this.partitions.set(group, partitions)
    }
    return partitions
  }
}
