// Groups that rebalance again and again for one reason: found at the end, from all rebalances and why each began. Linear in
// their number.

import type { Rebalance } from './group-history.ts'
import type { RebalanceKind } from './rebalance-causes.ts'

export interface RebalanceLoop {
  readonly group: string
  readonly kind: Exclude<RebalanceKind, 'other'>
  /** Who is behind it, most often first, and how often. */
  readonly clients: readonly { readonly client: string; readonly times: number }[]
  /** What processes died of, if they said so. */
  readonly detail: string
  /** How many generations began meanwhile, for whatever reason. */
  readonly generations: number
  readonly fromUs: number
  readonly untilUs: number
}

/** How close rebalances of one kind have to be, in µs, to belong together. */
export type LoopWindows = { readonly [K in RebalanceLoop['kind']]: number }

/** So many within the window, and so many of them for one and the same member: who is restarted once goes and comes. */
export const LOOP_REBALANCES = 5
export const LOOP_OF_ONE = 3

const KINDS = ['poll-interval', 'session', 'crash', 'comes-and-goes', 'metadata'] as const

export function rebalanceLoops(group: string, rebalances: readonly Rebalance[], windows: LoopWindows): RebalanceLoop[] {
  const own = rebalances.filter((each) => each.group === group)
  return KINDS.flatMap((kind) => {
    const ofKind = own.filter(({ cause }) => cause.kind === kind)
    return stretches(ofKind, windows[kind]).flatMap((stretch): RebalanceLoop[] => {
      const times = new Map<string, number>()
      for (const { cause } of stretch) times.set(cause.client, (times.get(cause.client) ?? 0) + 1)
      const clients = [...times].map(([client, count]) => ({ client, times: count }))
      clients.sort((a, b) => b.times - a.times || (a.client < b.client ? -1 : 1))
      const fromUs = stretch[0]?.atUs ?? 0
      const untilUs = stretch.at(-1)?.atUs ?? 0
      if ((clients[0]?.times ?? 0) < LOOP_OF_ONE) return []
      const generations = own.filter(({ atUs }) => fromUs <= atUs && atUs <= untilUs).length
      const detail = stretch.find(({ cause }) => cause.detail !== '')?.cause.detail ?? ''
      return [{ group, kind, clients, detail, generations, fromUs, untilUs }]
    })
  }).toSorted((a, b) => b.generations - a.generations || a.fromUs - b.fromUs)
}

/** The longest runs in which every LOOP_REBALANCES that follow each other lie within the window. */
function stretches(rebalances: readonly Rebalance[], windowUs: number): Rebalance[][] {
  const found: Rebalance[][] = []
  let open: Rebalance[] | undefined
  for (let i = LOOP_REBALANCES - 1; i < rebalances.length; i++) {
    const last = rebalances[i]
    const first = rebalances[i - LOOP_REBALANCES + 1]
    if (last === undefined || first === undefined || last.atUs - first.atUs > windowUs) {
      open = undefined
      continue
    }
    if (open === undefined) {
      open = rebalances.slice(i - LOOP_REBALANCES + 1, i)
      found.push(open)
    }
    open.push(last)
  }
  return found
}

/** `generation +30 in 60.0 s: member billing[0] exceeds max.poll.interval.ms`. */
export function tellOfLoop({ kind, clients, generations, fromUs, untilUs, detail }: RebalanceLoop): string {
  const names = clients.map(({ client }) => client)
  const most = names.length > 3 ? [...names.slice(0, 2), `${names.length - 2} more`] : names
  const who = most.length === 1 ? most.join() : `${most.slice(0, -1).join(', ')} and ${most.at(-1)}`
  const many = names.length > 1
  const member = `${many ? 'members' : 'member'} ${who}`
  return `generation +${generations} in ${((untilUs - fromUs) / 1e6).toFixed(1)} s: ${why()}`

  function why(): string {
    switch (kind) {
      case 'poll-interval':
        return `${member} ${many ? 'exceed' : 'exceeds'} max.poll.interval.ms`
      case 'session':
        return `${member} ${many ? 'are' : 'is'} silent for longer than session.timeout.ms`
      case 'crash':
        return `${member} ${many ? 'die and come back' : 'dies and comes back'}${detail === '' ? '' : ` (${detail})`}`
      case 'comes-and-goes':
        return `${member} ${many ? 'are' : 'is'} stopped and started`
      case 'metadata':
        return `what the group subscribes to changes, as its leader ${who} sees it`
      default:
        return kind satisfies never
    }
  }
}
