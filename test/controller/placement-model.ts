// Kafka's striped placement by its rules, told as plainly as possible: state is recomputed from the number of the
// partition. Valid for as many partitions as there are unfenced brokers: after that Kafka shuffles.

import type { PlaceableBroker } from '../../src/controller/placement.ts'

/** `startOf(size)` is drawn once for each list and once for the racks, in the order given. */
export function placeByRule(
  brokers: readonly PlaceableBroker[],
  partitions: number,
  factor: number,
  startOf: (size: number) => number,
): number[][] {
  const names = [...new Set(brokers.map(({ rack }) => rack ?? ''))].sort()
  const racks = names.map((name) => {
    const members = brokers.filter(({ rack }) => (rack ?? '') === name)
    const ids = (fenced: boolean) =>
      members
        .filter((b) => b.fenced === fenced)
        .map(({ id }) => id)
        .sort((a, b) => a - b)
    const start = (list: readonly number[]) => (list.length === 0 ? 0 : startOf(list.length))
    const fenced = ids(true)
    const fencedStart = start(fenced)
    const unfenced = ids(false)
    return { fenced, fencedStart, unfenced, unfencedStart: start(unfenced), fencedTurns: 0, unfencedTurns: 0 }
  })
  const firstRack = startOf(racks.length)
  const placements: number[][] = []
  for (let partition = 0; partition < partitions; partition++) {
    // A list moves on by one for each partition that takes from it, after the first.
    const left = racks.map(() => ({
      unfenced: undefined as number[] | undefined,
      fenced: undefined as number[] | undefined,
    }))
    const listOf = (rack: number, kind: 'fenced' | 'unfenced') => {
      const r = racks[rack]!
      const known = left[rack]![kind]
      if (known !== undefined) return known
      const ids = r[kind]
      if (partition > 0) r[`${kind}Turns`] += 1
      const start = r[`${kind}Start`] + r[`${kind}Turns`]
      const list = ids.map((_, i) => ids[(start + i) % ids.length]!)
      left[rack]![kind] = list
      return list
    }
    const start = (firstRack + partition) % racks.length
    const order = racks.map((_, i) => (start + i) % racks.length)
    // The first replica: the first rack, from the start, with an unfenced broker.
    const leading = order.find((rack) => listOf(rack, 'unfenced').length > 0)!
    const replicas = [listOf(leading, 'unfenced').shift()!]
    // The others: round and round, the leading rack having had its turn in the first round.
    for (let round = 0; replicas.length < factor; round++) {
      for (const rack of order) {
        if (replicas.length === factor) break
        if (round === 0 && rack === leading) continue
        const id = listOf(rack, 'unfenced').shift() ?? listOf(rack, 'fenced').shift()
        if (id !== undefined) replicas.push(id)
      }
    }
    placements.push(replicas)
  }
  return placements
}
