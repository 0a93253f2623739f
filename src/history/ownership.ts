// Who owns which partition, as members believe (IG-6), and whether two do at once. Whoever the coordinator threw out, or
// who left because its application did not poll, is a zombie: it may go on for a while, may not commit, and does not count.
// So is a static member that a generation began without (G-28).

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

interface Owned {
  /** Members that believe they own it, zombies among them. */
  readonly believers: Set<string>
  /** Since when nobody owns it; undefined while somebody does. */
  gap: Gap | undefined
}

export class Ownership {
  readonly overlaps: Overlap[] = []
  readonly gaps: Gap[] = []
  /** Partitions that have had an owner, by group. */
  private readonly partitions = new Map<string, Map<string, Owned>>()
  private readonly groupOf = new Map<string, string>()
  private readonly zombies = new Set<string>()

  /** Members that own the partition, zombies left out. */
  owners(group: string, partition: string): readonly string[] {
    const owned = this.partitions.get(group)?.get(partition)
    return owned === undefined ? [] : this.ownersOf(owned)
  }

  /** Whoever has been assigned something in this group, and lives. */
  clientsOf(group: string): string[] {
    return [...this.groupOf].flatMap(([client, other]) => (other === group ? [client] : []))
  }

  /** `isOut`: it hears of an assignment from before it was thrown out, and is a zombie from the start. */
  assigned(group: string, client: string, partitions: readonly string[], atUs: number, isOut = false): void {
    this.groupOf.set(client, group)
    const known = this.of(group)
    for (const partition of partitions) {
      if (!known.has(partition)) known.set(partition, { believers: new Set(), gap: undefined })
      known.get(partition)?.believers.add(client)
    }
    if (isOut) {
      this.zombies.add(client)
      return
    }
    this.zombies.delete(client)
    this.takes(group, client, partitions, atUs)
  }

  givenUp(client: string, partitions: readonly string[], atUs: number): void {
    const group = this.groupOf.get(client)
    if (group === undefined) return
    for (const partition of partitions) {
      const owned = this.of(group).get(partition)
      if (owned?.believers.delete(client) === true) this.noteGap(group, partition, owned, atUs)
    }
  }

  /** The group has gone on without it. */
  zombie(client: string, atUs: number): void {
    const group = this.groupOf.get(client)
    if (group === undefined || this.zombies.has(client)) return
    this.zombies.add(client)
    for (const [partition, owned] of this.of(group)) {
      if (owned.believers.has(client)) this.noteGap(group, partition, owned, atUs)
    }
  }

  /** A new coordinator knows nothing of its having been thrown out: it is a member as before (G-39). */
  restored(client: string, atUs: number): void {
    const group = this.groupOf.get(client)
    if (group === undefined || !this.zombies.delete(client)) return
    const believed = [...this.of(group)].filter(([, { believers }]) => believers.has(client))
    this.takes(
      group,
      client,
      believed.map(([partition]) => partition),
      atUs,
    )
  }

  /** The process is dead, or another. */
  gone(client: string, atUs: number): void {
    const group = this.groupOf.get(client)
    if (group !== undefined) this.givenUp(client, [...this.of(group).keys()], atUs)
    this.zombies.delete(client)
  }

  private takes(group: string, client: string, partitions: readonly string[], atUs: number): void {
    for (const partition of partitions) {
      const owned = this.of(group).get(partition)
      if (owned === undefined) continue
      for (const owner of this.ownersOf(owned)) {
        if (owner !== client) this.overlaps.push({ group, partition, owner, other: client, atUs })
      }
      if (owned.gap !== undefined) owned.gap.untilUs = atUs
      owned.gap = undefined
    }
  }

  private noteGap(group: string, partition: string, owned: Owned, atUs: number): void {
    if (owned.gap !== undefined || this.ownersOf(owned).length > 0) return
    owned.gap = { group, partition, fromUs: atUs, untilUs: Infinity }
    this.gaps.push(owned.gap)
  }

  private ownersOf({ believers }: Owned): string[] {
    return [...believers].filter((client) => !this.zombies.has(client))
  }

  private of(group: string): Map<string, Owned> {
    let partitions = this.partitions.get(group)
    if (partitions === undefined) {
      partitions = new Map()
      this.partitions.set(group, partitions)
    }
    return partitions
  }
}
