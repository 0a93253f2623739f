// What a nemesis does with each verb when it is told no more: whom it hits and how hard, drawn, as a file would say it.

import { DefectError, type Rng, unreachable } from '../../../sim/index.ts'
import { type Draw, drawWith } from '../text/draw.ts'
import type { Surroundings } from './nemesis.ts'
import { type Hits, hitsOf, NO_HITS } from './nemesis-hits.ts'
import type { NemesisVerb } from './nemesis-schema.ts'
import { parseTarget, type Target } from '../faults/target.ts'
import type { PlainMapping } from '../text/to-yaml.ts'
import { formatDuration } from '../text/units.ts'

export interface DrawnVerb {
  /** The verb and what goes with it. */
  readonly keys: PlainMapping
  readonly hits: Hits
  /** 0: over at once. */
  readonly forUs: number
  /** It takes so long, and takes no `for:`. */
  readonly lastsUs?: number
  readonly partitions?: { readonly topic: string; readonly to: number }
}

export interface Choice {
  readonly targets?: readonly Target[] | undefined
  readonly for?: Draw<number> | undefined
}

interface Around extends Pick<Surroundings, 'brokers' | 'producers' | 'groups'> {
  /** How many partitions a topic has by now. */
  readonly partitions: ReadonlyMap<string, number>
}

/** Undefined if there is nobody it could hit. */
export function drawVerb(verb: NemesisVerb, choice: Choice, around: Around, rng: Rng): DrawnVerb | undefined {
  const forUs = drawWith(choice.for ?? durationOf(verb), rng)
  const target = (kinds: readonly Kind[]) => drawTarget(choice, kinds, around, rng)
  const hit = (whom: Target, keys: PlainMapping): DrawnVerb => ({ keys, hits: hitsOf(whom, around.brokers), forUs })
  switch (verb) {
    case 'kill':
    case 'stop':
    case 'sigterm':
    case 'restart':
    case 'pause':
    case 'isolate': {
      const servers = verb === 'stop' || verb === 'sigterm' ? BROKERS : SERVERS
      const whom = target(around.groups.length > 0 ? [...servers, ...MEMBERS] : servers)
      const grace = verb === 'sigterm' ? { grace: formatDuration(rng.between(200, 10_000) * 1000) } : {}
      return hit(whom, { [verb]: whom.text, ...grace })
    }
    case 'stall-disk': {
      const whom = target(SERVERS)
      return hit(whom, { [verb]: whom.text })
    }
    case 'power-loss': {
      const whom = target([...SERVERS, 'rack'])
      return hit(whom, { [verb]: whom.text, ...(rng.chance(0.3) ? { lose: 'all-unflushed' } : {}) })
    }
    case 'disk-full':
    case 'lying-sync': {
      const whom = target(BROKERS)
      return hit(whom, { [verb]: whom.text })
    }
    case 'disk-error': {
      const whom = target(BROKERS)
      const which = rng.chance(0.5) ? { nth: rng.between(1, 200) } : { probability: `${rng.between(1, 50)}%` }
      return hit(whom, { [verb]: { on: whom.text, op: rng.pick(['read', 'write', 'sync']), ...which } })
    }
    case 'corrupt': {
      const whom = target(BROKERS)
      return { keys: { [verb]: whom.text }, hits: hitsOf(whom, around.brokers), forUs: 0 }
    }
    case 'slow-disk':
    case 'slow-cpu': {
      const whom = target(SERVERS)
      return hit(whom, { [verb]: { on: whom.text, factor: rng.pick([3, 10, 50, 200]) } })
    }
    case 'clock-jump': {
      const whom = target(SERVERS)
      const by = formatDuration(rng.between(1, 600_000) * 1000)
      return hit(whom, { [verb]: { on: whom.text, by: rng.chance(0.5) ? `-${by}` : by } })
    }
    case 'clock-drift': {
      const whom = target(SERVERS)
      return hit(whom, { [verb]: { on: whom.text, ppm: rng.between(-100_000, 100_000) } })
    }
    case 'partition':
    case 'clog':
    case 'reset':
    case 'half-open': {
      const { from, keys } = drawLinks(choice, around, rng, verb === 'partition' || verb === 'clog')
      return hit(from, { [verb]: keys })
    }
    case 'latency': {
      const { from, keys } = drawLinks(choice, around, rng, true)
      const ms = rng.pick([5, 20, 100, 500])
      return hit(from, { [verb]: { ...keys, by: `${ms}ms..${ms * rng.between(2, 5)}ms` } })
    }
    case 'bandwidth': {
      const { from, keys } = drawLinks(choice, around, rng, true)
      return hit(from, { [verb]: { ...keys, limit: rng.pick(['20KB/s', '100KB/s', '1MB/s']) } })
    }
    case 'loss': {
      const { from, keys } = drawLinks(choice, around, rng, true)
      return hit(from, { [verb]: { ...keys, probability: `${rng.between(1, 50)}%` } })
    }
    case 'delay':
    case 'drop':
    case 'duplicate-delivery':
      return drawFrames(verb, forUs, around, rng)
    case 'elect': {
      const all = [...around.partitions].flatMap(([topic, count]) =>
        Array.from({ length: count }, (_, i) => `${topic}-${i}`),
      )
      const partitions = rng.chance(0.5) || all.length === 0 ? 'all' : [rng.pick(all)]
      return { keys: { elect: { partitions, type: 'preferred' } }, hits: NO_HITS, forUs: 0 }
    }
    case 'delete-records': {
      const all = [...around.partitions].flatMap(([topic, count]) =>
        Array.from({ length: count }, (_, i) => `${topic}-${i}`),
      )
      if (all.length === 0) return undefined
      const before = rng.chance(0.3) ? {} : { before: rng.between(1, 1000) }
      return { keys: { 'delete-records': { partitions: [rng.pick(all)], ...before } }, hits: NO_HITS, forUs: 0 }
    }
    case 'add-partitions': {
      if (around.partitions.size === 0) return undefined
      const [topic, count] = rng.pick([...around.partitions])
      const to = count + rng.between(1, 2)
      return { keys: { 'add-partitions': { topic, to } }, hits: NO_HITS, forUs: 0, partitions: { topic, to } }
    }
    case 'scale': {
      if (around.groups.length === 0) return undefined
      const { name, members } = rng.pick(around.groups)
      return { keys: { scale: { group: name, members: rng.between(1, members + 2) } }, hits: NO_HITS, forUs: 0 }
    }
    case 'rolling-restart': {
      const downUs = rng.between(1000, 8000) * 1000
      if (around.groups.length > 0 && rng.chance(0.5)) {
        const { name, members } = rng.pick(around.groups)
        const deployed = { 'rolling-restart': `consumers(${name})`, down: formatDuration(downUs) }
        return { keys: deployed, hits: NO_HITS, forUs: 0, lastsUs: members * (downUs + RESTART_US) }
      }
      const keys = { 'rolling-restart': 'brokers', down: formatDuration(downUs), with: rng.pick(['stop', 'kill']) }
      const hits = { ...NO_HITS, brokers: around.brokers.map(({ id }) => id).slice(0, 1) }
      return { keys, hits, forUs: 0, lastsUs: around.brokers.length * (downUs + RESTART_US) }
    }
    default:
      return unreachable(verb, 'verb of a nemesis')
  }
}

/** About what a broker takes to be in all ISRs again. */
const RESTART_US = 2_000_000

/** Time after time some that nobody notices, and some longer than sessions and replica lags. */
function durationOf(verb: NemesisVerb): Draw<number> {
  const ms = (low: number, high: number): Draw<number> => ({ kind: 'between', low: low * 1000, high: high * 1000 })
  switch (verb) {
    case 'pause':
    case 'clog':
      return ms(100, 15_000)
    case 'isolate':
    case 'partition':
      return ms(1000, 40_000)
    case 'delay':
    case 'drop':
    case 'duplicate-delivery':
      return ms(1000, 10_000)
    default:
      return ms(500, 20_000)
  }
}

type Kind = 'broker' | 'leader' | 'follower' | 'controller' | 'rack' | 'member' | 'coordinator'

const BROKERS: readonly Kind[] = ['broker', 'broker', 'leader', 'leader', 'follower']
const SERVERS: readonly Kind[] = [...BROKERS, ...BROKERS, 'controller']
/** What else is hit where there are groups. */
const MEMBERS: readonly Kind[] = ['member', 'member', 'member', 'coordinator']

function drawTarget(choice: Choice, kinds: readonly Kind[], around: Around, rng: Rng): Target {
  if (choice.targets !== undefined) return rng.pick(choice.targets)
  const racks = [...new Set(around.brokers.flatMap(({ rack }) => (rack === null ? [] : [rack])))]
  const topics = [...around.partitions.keys()]
  const kind = rng.pick(kinds)
  if (kind === 'controller') return parsed('controller')
  if (kind === 'member' || kind === 'coordinator') {
    const { name, members } = rng.pick(around.groups)
    return parsed(kind === 'member' ? `consumer(${name}[${rng.between(0, members - 1)}])` : `coordinator(${name})`)
  }
  if (kind === 'rack' && racks.length > 0) return parsed(`rack:${rng.pick(racks)}`)
  if ((kind === 'leader' || kind === 'follower') && topics.length > 0) {
    const topic = rng.pick(topics)
    return parsed(`${kind}(${topic}-${rng.between(0, (around.partitions.get(topic) ?? 1) - 1)})`)
  }
  return parsed(`broker:${rng.pick(around.brokers).id}`)
}

/** One server's links: with all others, with another broker, with the controller, with a producer or a group. */
function drawLinks(choice: Choice, around: Around, rng: Rng, ways: boolean): { from: Target; keys: PlainMapping } {
  const from = drawTarget(choice, BROKERS, around, rng)
  const others = around.brokers.filter(({ id }) => from.text !== `broker:${id}`).map(({ id }) => `broker:${id}`)
  const clients = [
    ...around.producers.map((name) => `producer(${name})`),
    ...around.groups.map(({ name }) => `consumer(${name})`),
  ]
  const to = rng.chance(0.3) ? undefined : rng.pick([...others, 'controller', ...clients])
  const oneWay = ways && rng.chance(0.4) ? { 'one-way': true } : {}
  return { from, keys: { from: from.text, ...(to === undefined ? {} : { to }), ...oneWay } }
}

const GROUP_APIS = ['JoinGroup', 'SyncGroup', 'Heartbeat', 'OffsetCommit', 'OffsetFetch', 'FindCoordinator']

function drawFrames(verb: 'delay' | 'drop' | 'duplicate-delivery', forUs: number, around: Around, rng: Rng): DrawnVerb {
  const broker = `broker:${rng.pick(around.brokers).id}`
  const ofGroup = around.groups.length > 0 && rng.chance(0.5)
  const api = rng.pick(ofGroup ? GROUP_APIS : ['Fetch', 'AlterPartition', 'BrokerHeartbeat', 'Produce'])
  const clients = ofGroup
    ? around.groups.map(({ name }) => `consumer(${name})`)
    : around.producers.map((name) => `producer(${name})`)
  const from = (ofGroup || api === 'Produce') && clients.length > 0 ? rng.pick(clients) : broker
  const how = {
    delay: {
      by: formatDuration(rng.between(50, 5000) * 1000),
      direction: rng.pick(['request', 'response']),
      count: rng.between(1, 5),
    },
    drop: { direction: rng.pick(['request', 'response']), count: rng.between(1, 5) },
    'duplicate-delivery': { probability: `${rng.between(1, 50)}%` },
  }[verb]
  return { keys: { [verb]: { api, from, ...how } }, hits: NO_HITS, forUs }
}

function parsed(text: string): Target {
  const found = parseTarget(text)
  if (!found.ok) throw new DefectError(`a nemesis drew the target ${text}`)
  return found.target
}
