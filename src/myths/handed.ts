// Counts what the members of a group were handed, by offset: once, or again.

import type { Witness } from './witness.ts'

export class Handed {
  private readonly times = new Map<string, Map<string, number>>()

  constructor(witness: Witness) {
    witness.on('records-delivered', ({ client, partition, records }) => {
      const group = client.slice(0, client.lastIndexOf('['))
      const ofGroup = this.times.get(group) ?? new Map<string, number>()
      this.times.set(group, ofGroup)
      for (const { offset } of records) {
        const key = `${partition}@${offset}`
        ofGroup.set(key, (ofGroup.get(key) ?? 0) + 1)
      }
    })
  }

  /** Different records so far, and how many of them more than once. */
  by(group: string): { readonly records: number; readonly again: number } {
    const times = [...(this.times.get(group)?.values() ?? [])]
    return { records: times.length, again: times.filter((n) => n > 1).length }
  }
}
