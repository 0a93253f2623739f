// Members in order of how much they have, then of their ids. One whose load changes is taken out before and put back
// after.

import { assert } from '../../../sim/assert.ts'
import { compareText, known } from './assignor.ts'

export class ByLoad {
  private readonly members: string[] = []
  private readonly load: (member: string) => number

  constructor(load: (member: string) => number) {
    this.load = load
  }

  get size(): number {
    return this.members.length
  }

  first(): string {
    return known(this.members[0], 'a member')
  }

  last(): string {
    return known(this.members.at(-1), 'a member')
  }

  find(fits: (member: string) => boolean): string | undefined {
    return this.members.find(fits)
  }

  some(fits: (member: string) => boolean): boolean {
    return this.members.some(fits)
  }

  add(member: string): void {
    const place = this.placeOf(member)
    assert(this.members[place] !== member, `${member} is there already`)
    this.members.splice(place, 0, member)
  }

  remove(member: string): void {
    const place = this.placeOf(member)
    if (this.members[place] === member) this.members.splice(place, 1)
  }

  /** Index of the first member that is not before this one. */
  private placeOf(member: string): number {
    const load = this.load(member)
    let low = 0
    let high = this.members.length
    while (low < high) {
      const middle = (low + high) >>> 1
      const other = known(this.members[middle], 'a member')
      const order = this.load(other) - load || compareText(other, member)
      if (order < 0) low = middle + 1
      else high = middle
    }
    return low
  }
}
