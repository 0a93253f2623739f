// Which directed links a network fault is about: those from one set of hosts to another, both ways unless said so.

import { assert } from '../assert.ts'
import type { FaultyWorld, Heal } from './fault.ts'

export interface LinkArgs {
  readonly from: readonly string[]
  readonly to: readonly string[]
  /** Only what travels from `from` to `to` suffers. */
  readonly oneWay?: boolean
}

export type Hosts = readonly string[]

/** Asserts that all hosts named exist, and that the two sets are not empty and share none. */
export function checkLinks(world: FaultyWorld, args: LinkArgs): void {
  assert(args.from.length > 0 && args.to.length > 0, 'a fault of links names hosts at both ends')
  for (const name of [...args.from, ...args.to]) world.process(name)
  for (const name of args.from) assert(!args.to.includes(name), `'${name}' is at both ends of a faulty link`)
}

/** Calls `apply` once per direction concerned. */
export function onLinks(world: FaultyWorld, args: LinkArgs, apply: (from: Hosts, to: Hosts) => Heal): Heal[] {
  checkLinks(world, args)
  const heals = [apply(args.from, args.to)]
  if (args.oneWay !== true) heals.push(apply(args.to, args.from))
  return heals
}
