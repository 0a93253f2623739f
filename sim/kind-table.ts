// The kinds of one run, as small integers for the log and as hashes of their text for the trace hash, so that the
// order in which kinds first occur does not matter to it.

import type { Kind } from './host.ts'
import { hashOfText } from './trace-hash.ts'

export class KindTable {
  private readonly ids = new Map<Kind, number>()
  private readonly names: Kind[] = []
  private hashes = new Int32Array(64)

  /** The number of `kind`, given out in order of first use. */
  idOf(kind: Kind): number {
    return this.ids.get(kind) ?? this.add(kind)
  }

  nameOf(id: number): Kind {
    return this.names[id] ?? ''
  }

  /** `id` must have come from `idOf`. */
  hashOf(id: number): number {
    return this.hashes[id]!
  }

  private add(kind: Kind): number {
    const id = this.names.length
    if (id === this.hashes.length) {
      const { hashes } = this
      this.hashes = new Int32Array(id * 2)
      this.hashes.set(hashes)
    }
    this.hashes[id] = hashOfText(kind)
    this.names.push(kind)
    this.ids.set(kind, id)
    return id
  }
}
