// What is drawn: every kind of situation that the files in this folder know comes up, and what is expected of a run fits
// its settings and its faults.

import { readdirSync, readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Rng } from '../../sim/index.ts'
import { ASSIGNOR_NAMES } from '../../src/client/assignors/assignors.ts'
import { Cases } from '../../src/fuzz/case.ts'
import { CAMPAIGN_VERBS } from '../../src/fuzz/campaign.ts'
import { ScenarioArbitrary } from '../../src/fuzz/drawn-scenario.ts'
import { FAULT_VERBS } from '../../src/scenario/faults/fault-schema.ts'
import { parseTrigger } from '../../src/scenario/faults/trigger.ts'
import { SWITCH_NAMES } from '../../src/switches/switches.ts'

interface Drawn {
  readonly kafka?: string
  readonly duration: string
  readonly cluster: { readonly brokers: number; readonly config: { readonly [key: string]: unknown } }
  readonly topics: {
    readonly [name: string]: {
      readonly replicas?: readonly (readonly number[])[]
      readonly config: { readonly 'min.insync.replicas': number; readonly [key: string]: unknown }
    }
  }
  readonly producers: { readonly [name: string]: { readonly config: { readonly [key: string]: unknown } } }
  readonly consumers?: {
    readonly [name: string]: {
      readonly members?: number
      readonly commit?: string
      readonly fails?: object
      readonly poison?: unknown
      readonly process?: string
      readonly config: { readonly [key: string]: unknown }
    }
  }
  readonly monitors?: { readonly [name: string]: unknown }
  readonly network?: unknown
  readonly disk?: unknown
  readonly buggify?: boolean
  readonly faults: readonly { readonly [key: string]: unknown }[]
  readonly expect: readonly string[]
  readonly allow?: readonly unknown[]
}

const cases = new Cases({ seed: 21, file: undefined, settings: [], verify: false })
const drawn = Array.from({ length: 400 }, (_, i) => cases.draw(i).plain as unknown as Drawn)
const expecting = (word: string) => drawn.filter(({ expect: wanted }) => wanted.some((text) => text.startsWith(word)))

describe('faults', () => {
  it('are of every verb but those that files have for themselves', () => {
    // What was stopped comes back; who alters offsets from outside knows what it does.
    const others = ['start', 'alter-offsets']
    expect([...CAMPAIGN_VERBS, ...others].toSorted()).toEqual([...FAULT_VERBS].toSorted())
    const used = new Set(drawn.flatMap(({ faults }) => faults.flatMap((fault) => Object.keys(fault))))
    expect(CAMPAIGN_VERBS.filter((verb) => !used.has(verb))).toEqual([])
  })

  it('happen before the end, however long they wait', () => {
    const ms = (text: unknown) => Number.parseInt(String(text ?? '0ms'), 10)
    // Cases that once waited too long.
    const campaign = new Cases({ seed: 9002, file: undefined, settings: [], verify: false })
    const late = [1788, 2842, 3713, 13_428, 14_380]
      .map((i) => campaign.draw(i).plain as unknown as Drawn)
      .filter(({ faults, duration }) => faults.some(({ at, after }) => ms(at) + ms(after) >= ms(duration)))
    expect(late).toEqual([])
  })

  it('wait for what others have led to, of every kind but faults themselves', () => {
    const texts = drawn.flatMap(({ faults }) => faults.map(({ when }) => when)).filter((when) => when !== undefined)
    const kinds = new Set(texts.map((text) => parseTrigger(String(text))?.kind))
    expect(kinds).toEqual(new Set(['broker', 'epoch', 'isr-size', 'leader', 'record']))
  })

  it('slow a processor or a disk down once: slowness multiplies, and work begun under it outlasts the run', () => {
    for (const verb of ['slow-cpu', 'slow-disk']) {
      const counts = drawn.map(({ faults }) => faults.filter((fault) => fault[verb] !== undefined).length)
      expect(Math.max(...counts)).toBe(1)
    }
  })

  it('hand leadership back and forth by elections, with news that come late', () => {
    const late = (fault: Drawn['faults'][number]) => JSON.stringify(fault['delay'] ?? '').includes('"api":"Fetch"')
    const both = drawn.filter(({ faults }) => faults.some(late) && faults.some(({ elect }) => elect !== undefined))
    expect(both.length).toBeGreaterThan(10)
  })
})

describe('a cluster', () => {
  /** The most that a drawn `1ms..90ms` may be; 0 if nothing was drawn. */
  const most = (drawnRange: unknown) => (typeof drawnRange === 'string' ? Number(/(\d+)ms$/.exec(drawnRange)?.[1]) : 0)

  it('can live: a heartbeat and a sync fit into half a session, which is how long an answer is waited for', () => {
    const tight = drawn.filter(({ network, disk, cluster }) => {
      const latencyMs = most((network as { controller?: { latency: string } } | undefined)?.controller?.latency)
      const syncMs = most((disk as { [key: string]: string } | undefined)?.['sync-latency'])
      return 2 * latencyMs + syncMs >= Number(cluster.config['broker.session.timeout.ms']) / 2
    })
    expect(tight).toEqual([])
    expect(drawn.filter(({ network }) => JSON.stringify(network ?? {}).includes('controller')).length).toBeGreaterThan(
      40,
    )
  })
})

describe('the fuzzer', () => {
  it('is not told what to look for: it names no entry of the bug gallery, and no switch', () => {
    const room = new URL('../../src/fuzz/', import.meta.url)
    const text = readdirSync(room)
      .map((file) => readFileSync(new URL(file, room), 'utf8'))
      .join('\n')
    expect(text).not.toMatch(/\bRB-\d/)
    expect(SWITCH_NAMES.filter((name) => new RegExp(`\\b${name}\\b`).test(text))).toEqual([])
    expect(text.length).toBeGreaterThan(10_000)
  })
})

describe('clients', () => {
  it('write much, little, for a while, or what only a leader has among what all have', () => {
    const text = drawn.map(({ producers }) => JSON.stringify(producers))
    expect(text.filter((each) => /"rate":"[123]\/s"/.test(each)).length).toBeGreaterThan(40)
    for (const key of ['"total"', '"start"', '"batch.size":1,', '"max.in.flight.requests.per.connection":1,']) {
      expect({ key, drawn: text.some((each) => each.includes(key)) }).toEqual({ key, drawn: true })
    }
    expect(text.filter((each) => each.includes('"acks":"all"') && each.includes('"acks":"1"')).length).toBeGreaterThan(
      40,
    )
  })

  it('read from replicas nearby, and ask how far they may read', () => {
    const nearby = drawn.filter(({ cluster }) => cluster.config['replica.selector.class'] !== undefined)
    expect(nearby.some(({ consumers }) => JSON.stringify(consumers ?? {}).includes('client.rack'))).toBe(true)
    expect(drawn.filter(({ monitors }) => monitors !== undefined).length).toBeGreaterThan(40)
  })
})

describe('consumer groups', () => {
  const grouped = drawn.filter(({ consumers }) =>
    Object.values(consumers ?? {}).some(({ members }) => members !== undefined),
  )
  const specs = grouped.flatMap(({ consumers }) => Object.values(consumers ?? {}))

  it('are in a third of the cases, with every assignor and lists of them, static members, and every way to commit', () => {
    expect(grouped.length / drawn.length).toBeGreaterThan(0.25)
    expect(grouped.length / drawn.length).toBeLessThan(0.45)
    const strategies = new Set(specs.map(({ config }) => String(config['partition.assignment.strategy'])))
    for (const name of ASSIGNOR_NAMES) expect([...strategies]).toContain(name)
    expect([...strategies].some((list) => list.includes(','))).toBe(true)
    expect(specs.some(({ config }) => config['group.instance.id'] !== undefined)).toBe(true)
    expect(new Set(specs.map(({ commit }) => commit))).toEqual(
      new Set([undefined, 'after', 'async', 'before', 'never']),
    )
  })

  it('have members that come, go, stand still and are cut off, and coordinators that do', () => {
    const whom = (target: string) =>
      new Set(
        grouped.flatMap(({ faults }) =>
          faults.flatMap((fault) =>
            Object.entries(fault).flatMap(([verb, value]) => (JSON.stringify(value).includes(target) ? [verb] : [])),
          ),
        ),
      )
    expect([...whom('consumer(')]).toEqual(
      expect.arrayContaining(['kill', 'stop', 'pause', 'restart', 'isolate', 'partition', 'delay', 'drop', 'clog']),
    )
    expect([...whom('consumers(')]).toContain('rolling-restart')
    expect([...whom('coordinator(')]).toEqual(expect.arrayContaining(['kill', 'stop', 'pause', 'isolate', 'partition']))
  })

  it('have trouble in long runs when what they committed is older than offsets are kept, and little is written', () => {
    const ms = (text: unknown) => Number.parseInt(String(text ?? '0'), 10)
    const long = grouped.filter(({ duration }) => ms(duration) > 65_000)
    expect(long.length).toBeGreaterThan(8)
    expect(long.filter(({ faults }) => faults.every(({ at }) => ms(at) > 60_000)).length).toBeGreaterThan(4)
    const falls = long.filter(({ producers }) => JSON.stringify(producers).includes('"total"'))
    expect(falls.length).toBeGreaterThan(4)
    for (const { cluster } of long) expect(cluster.config['offsets.retention.minutes']).toBe(1)
  })

  it('can do their work: what a poll hands out is done before the next is due, and one member can do it all', () => {
    for (const { producers, consumers } of grouped) {
      const rates = Object.values(producers).map((producer) => {
        const { rate, count = 1 } = producer as unknown as { readonly rate: string; readonly count?: number }
        return Number.parseInt(rate, 10) * count
      })
      const load = rates.reduce((sum, each) => sum + each, 0)
      for (const { process, config } of Object.values(consumers ?? {})) {
        const processMs = Number.parseInt(process ?? '0', 10)
        expect(processMs * load).toBeLessThanOrEqual(500)
        const intervalMs = Number(config['max.poll.interval.ms'] ?? 300_000)
        expect(processMs * Number(config['max.poll.records'] ?? 500)).toBeLessThan(intervalMs)
      }
    }
  })

  it('commit what is processed, unless they are told to before, or cannot handle a record', () => {
    const wanting = expecting('commits-cover-processed')
    expect(wanting.length).toBeGreaterThan(50)
    for (const { consumers } of wanting) {
      for (const { commit, fails, poison = 'skip' } of Object.values(consumers ?? {}))
        expect([commit === 'before', fails, JSON.stringify(poison).includes('skip')]).toEqual([false, undefined, true])
    }
    for (const { consumers, expect: wanted } of grouped) {
      for (const [name, { fails, poison }] of Object.entries(consumers ?? {})) {
        const passes = poison === undefined || JSON.stringify(poison).includes('skip')
        expect(wanted.includes(`caught-up(${name})`)).toBe(fails === undefined && passes)
      }
    }
  })
})

describe('storage', () => {
  const stored = drawn.filter(({ cluster }) => cluster.config['log.cleaner.backoff.ms'] !== undefined)
  const text = stored.map((each) => JSON.stringify(each))
  const some = (key: string) => text.filter((each) => each.includes(key)).length

  it('is what a quarter of the cases are about: small segments, retention, compaction, flushes, several disks', () => {
    expect(stored.length / drawn.length).toBeGreaterThan(0.17)
    expect(stored.length / drawn.length).toBeLessThan(0.33)
    for (const key of ['segment.bytes', 'retention.ms', 'retention.bytes', '"compact"', 'compact,delete', 'tombstones'])
      expect({ key, drawn: some(key) > 3 }).toEqual({ key, drawn: true })
    for (const key of [
      'flush.ms',
      'flush.messages',
      '"log.dirs"',
      '"dir":',
      'offsets.topic.segment.bytes',
      'index.interval',
    ])
      expect({ key, drawn: some(key) > 3 }).toEqual({ key, drawn: true })
  })

  it('fails in every way, most of the time', () => {
    const failing = [
      'disk-error',
      'disk-full',
      'corrupt',
      'lying-sync',
      '"torn-write":true',
      'stall-disk',
      '"lose":"some"',
    ]
    for (const verb of failing) expect({ verb, drawn: some(verb) > 2 }).toEqual({ verb, drawn: true })
  })

  it('of a compacted topic is written to with keys', () => {
    for (const { topics, producers } of stored) {
      for (const producer of Object.values(producers) as unknown as { topic: string; keys?: number }[]) {
        const compacts = String(topics[producer.topic]?.config['cleanup.policy'] ?? '').startsWith('compact')
        expect(!compacts || (producer.keys ?? 0) > 0).toBe(true)
      }
    }
  })

  it('has the time to recover small segments where syncs are slow, each with a snapshot of producers (R-25)', () => {
    const slow = stored.flatMap((each) => {
      const { settle, disk } = each as unknown as { settle: string; disk?: { 'sync-latency'?: string } }
      const slowest = /(\d+)ms$/.exec(disk?.['sync-latency'] ?? '')?.[1]
      return slowest === undefined ? [] : [{ settleMs: Number.parseInt(settle, 10), slowestMs: Number(slowest) }]
    })
    expect(slow.length).toBeGreaterThan(3)
    for (const { settleMs, slowestMs } of slow) expect(settleMs).toBeGreaterThanOrEqual(60_000 + 1000 * slowestMs)
  })

  it('makes no promise of records sent once, where brokers forget producers (R-49)', () => {
    const forgetful = stored.filter(({ cluster }) => cluster.config['producer.id.expiration.ms'] !== undefined)
    expect(forgetful.length).toBeGreaterThan(5)
    for (const { expect: wanted } of forgetful) expect(wanted).not.toContain('no-duplicates-in-log')
  })
})

describe('releases', () => {
  it('before and after are drawn in some cases, and eligible leader replicas', () => {
    const others = drawn.filter(({ kafka }) => kafka !== undefined)
    expect(others.length / drawn.length).toBeGreaterThan(0.04)
    expect(others.length / drawn.length).toBeLessThan(0.16)
    expect(new Set(others.map(({ kafka }) => kafka)).size).toBeGreaterThan(5)
    expect(others.some((each) => JSON.stringify(each).includes('eligible.leader.replicas.version'))).toBe(true)
  })
})

describe('a case that is about none of these', () => {
  it('is what it would be without them: what decides on them draws from streams of its own', () => {
    const never = { between: (_: number, high: number) => high } as unknown as Rng
    const plain = new ScenarioArbitrary(() => never)
    const same = Array.from({ length: 60 }, (_, i) => {
      const { plain: whole, drawSeed } = cases.draw(i)
      return JSON.stringify(fc.sample(plain, { seed: drawSeed, numRuns: 1 })[0]) === JSON.stringify(whole)
    })
    const touched = drawn.slice(0, 60).map((each) => {
      const keys = JSON.stringify(each)
      return each.kafka !== undefined || keys.includes('log.cleaner.backoff.ms') || keys.includes('"poison"')
    })
    expect(same).toEqual(touched.map((each) => !each))
  })
})

describe('what is expected', () => {
  it('is that readers go neither back nor astray, where no unclean election is permitted', () => {
    for (const word of ['no-nonmonotonic-poll', 'no-inconsistent-offsets', 'no-offset-regression']) {
      const wanting = expecting(word)
      expect(wanting.length).toBeGreaterThan(20)
      for (const { topics } of wanting) {
        for (const { config } of Object.values(topics)) expect(config['unclean.leader.election.enable']).not.toBe(true)
      }
    }
  })

  it('is that no record is skipped, where whoever is lost begins anew', () => {
    const wanting = expecting('no-poll-skip')
    expect(wanting.length).toBeGreaterThan(20)
    for (const { consumers = {} } of wanting) {
      for (const { config } of Object.values(consumers)) expect(config['auto.offset.reset']).toBe('earliest')
    }
  })

  it('is an end to every wait, where one thing goes wrong in a cluster that is well', () => {
    const calm = expecting('writable(t1) gap <= ')
    expect(calm.length).toBeGreaterThan(30)
    for (const { topics, network, disk, buggify, faults } of calm) {
      expect([network, disk, buggify]).toEqual([undefined, undefined, undefined])
      expect(faults.length).toBeLessThanOrEqual(2)
      for (const { replicas, config } of Object.values(topics)) {
        const [ids = []] = replicas ?? []
        expect(config['min.insync.replicas']).toBeLessThan(ids.length)
      }
    }
  })

  it('leaves time for a follower that is unfenced and does not fetch yet: it is waited for (R-76)', () => {
    const ms = (text: unknown) => Number.parseInt(String(text), 10)
    const gone = expecting('writable(t1) gap <= ').filter(({ faults }) => faults[0]?.['isolate'] === 'follower(t1-0)')
    expect(gone.length).toBeGreaterThan(0)
    for (const { cluster, faults, expect: wanted } of gone) {
      const gapMs = ms(wanted.find((text) => text.startsWith('writable'))?.replace(/^.*<= /, ''))
      expect(gapMs).toBeGreaterThan(Number(cluster.config['replica.lag.time.max.ms']) - ms(faults[0]?.['for']))
    }
  })

  it('is that readers catch up, but no full ISR, where a link never comes back', () => {
    const lasting = drawn.filter(({ faults }) => faults.some(({ forever }) => forever === true))
    expect(lasting.length).toBeGreaterThan(15)
    for (const { cluster, producers, expect: wanted, allow } of lasting) {
      expect(cluster.brokers).toBeGreaterThanOrEqual(3)
      expect(wanted).not.toContain('isr-full')
      // Unless they send a record or two a batch: then they may be writing still when the run ends.
      const keepUp = Object.values(producers).every(({ config }) => Number(config['batch.size'] ?? Infinity) >= 500)
      expect(wanted.some((text) => text.startsWith('caught-up('))).toBe(keepUp)
      expect(allow).toEqual([{ stuck: 'a link never comes back' }])
    }
  })
})
