// Warnings come when they are true, with the faults that matter, and not otherwise. The catalogue's examples are pairs of
// this kind, too.

import { describe, expect, it } from 'vitest'
import { EXAMPLE_BASE, exampleFile } from '../../src/scenario/text/catalogue/diagnostic-page.ts'
import { loadScenario } from '../../src/simulate.ts'

/** The codes of what a file with these keys is told; errors have no place here. */
function told(...keys: readonly string[]): string[] {
  const text = exampleFile(keys.join('\n'), {})
  const result = loadScenario(text)
  if (!result.ok) throw new Error(`${text}\n${result.findings.map(({ message }) => message).join('\n')}`)
  return [...new Set(result.warnings.map(({ code }) => code))]
}

const producer = (config: string): string => `producers: { web: { topic: orders, config: ${config} } }`
const topic = (config: string, factor = 3): string =>
  `topics: { orders: { partitions: 3, replication.factor: ${factor}, config: ${config} } }`
const faults = (...items: readonly string[]): string => `faults:\n${items.map((item) => `  - ${item}`).join('\n')}`
const expecting = (...items: readonly string[]): string => `expect:\n${items.map((item) => `  - ${item}`).join('\n')}`

const KILL = '{ at: 10s, kill: leader(orders-0), for: 15s }'
const LATER = '{ at: 30s, kill: "broker:2", for: 15s }'
const ACKS1 = producer('{ acks: 1, enable.idempotence: false }')

it('a plain file is told nothing', () => {
  expect(loadScenario(EXAMPLE_BASE)).toMatchObject({ ok: true, warnings: [] })
})

describe('KS301: any single broker stop blocks writes', () => {
  const strict = topic('{ min.insync.replicas: 3 }')

  it('warns under a fault that takes a broker away, and where no fault is written yet', () => {
    expect(told(strict, faults(KILL))).toEqual(['KS301'])
    expect(told(strict)).toEqual(['KS301'])
    expect(told(strict, 'nemesis: { faults: { pause: 1 } }')).toEqual(['KS301'])
    expect(told('cluster: { brokers: 3, config: { min.insync.replicas: 2 } }', topic('{}', 2), faults(KILL))).toEqual([
      'KS301',
    ])
  })

  it('does not when clients only are hit, nobody waits for all, a replica can be spared, or the gap is sought', () => {
    expect(told(strict, faults('{ at: 5s, pause: producer(web), for: 20s }'))).toEqual([])
    expect(told(strict, faults(KILL), ACKS1)).toEqual([])
    expect(told(topic('{ min.insync.replicas: 2 }'), faults(KILL))).toEqual([])
    expect(told(strict, faults(KILL), expecting('finds: writable(orders) gap <= 2s'))).toEqual([])
    expect(told(topic('{ min.insync.replicas: 1 }', 1), faults(KILL))).toEqual([])
  })
})

describe('KS302: a topic of one replica', () => {
  const single = topic('{}', 1)

  it('warns of a gap that the fault must exceed, and of a power loss where nothing is to be lost', () => {
    expect(told(single, faults(KILL), expecting('writable(orders) gap <= 5s'))).toEqual(['KS302'])
    expect(
      told(single, faults('{ at: 9s, power-loss: leader(orders-0), for: 5s }'), expecting('no-acked-loss')),
    ).toEqual(['KS302'])
  })

  it('does not when the gap is long enough, the topic is not hit for sure, or what is acknowledged is synced', () => {
    expect(told(single, faults(KILL), expecting('writable(orders) gap <= 30s'))).toEqual([])
    expect(
      told('topics: { orders: { replication.factor: 1 } }', faults(LATER), expecting('writable(orders) gap <= 5s')),
    ).toEqual([])
    expect(told(single, faults(KILL), expecting('no-acked-loss'))).toEqual([])
    const power = faults('{ at: 9s, power-loss: leader(orders-0), for: 5s }')
    expect(told(topic('{ flush.messages: 1 }', 1), power, expecting('no-acked-loss'))).toEqual([])
  })
})

describe('KS303: unclean elections', () => {
  const unclean = topic('{ unclean.leader.election.enable: true }')

  it('warns when brokers fall one after the other, or an administrator elects so', () => {
    expect(told(unclean, faults(KILL, LATER), expecting('no-acked-loss'))).toEqual(['KS303'])
    expect(told(unclean, faults(KILL, LATER), expecting('no-unclean-election'))).toEqual(['KS303'])
    const elect = '{ at: 30s, elect: { partitions: [orders-0], type: unclean } }'
    expect(told(faults(KILL, elect), expecting('no-acked-loss'))).toEqual(['KS303'])
    const cluster = 'cluster: { brokers: 3, config: { unclean.leader.election.enable: true } }'
    expect(told(cluster, faults(KILL, LATER), expecting('no-acked-loss'))).toEqual(['KS303'])
  })

  it('does not when one of the ISR is left to lead, the loss is sought or allowed, or Kafka does not look', () => {
    expect(told(unclean, faults(KILL), expecting('no-acked-loss'))).toEqual([])
    expect(told(unclean, faults(KILL, LATER), expecting('finds: no-acked-loss'))).toEqual([])
    expect(
      told(unclean, faults(KILL, LATER), expecting('no-acked-loss'), 'allow: [{ no-acked-loss: "so it is" }]'),
    ).toEqual([])
    expect(told('kafka: "3.8"', unclean, faults(KILL, LATER), expecting('no-acked-loss'))).toEqual([])
  })
})

describe('KS304 and KS308: nothing to judge, nothing to read', () => {
  const two = 'topics: { orders: { replication.factor: 3 }, audits: { replication.factor: 3 } }'

  it('warns of topics that nobody writes and answers that nobody gets', () => {
    expect(told(two, expecting('writable(audits) gap <= 5s'))).toEqual(['KS304'])
    expect(told(two, expecting('acked(audits) >= 5'))).toEqual(['KS304'])
    expect(told(producer('{ acks: 0, enable.idempotence: false }'), expecting('no-acked-loss'))).toEqual(['KS304'])
    expect(told(producer('{ acks: 0, enable.idempotence: false }'), expecting('p99(produce.latency) < 1s'))).toEqual([
      'KS304',
    ])
    expect(told('consumers: {}', expecting('no-poll-skip'))).toEqual(['KS304'])
    expect(told(expecting('no-offset-regression'))).toEqual(['KS304'])
    expect(told(two, 'consumers: { audit: { topic: audits } }', expecting('caught-up(audit)'))).toEqual([
      'KS308',
      'KS304',
    ])
    expect(told('consumers: { audit: { topic: orders, partitions: [] } }')).toEqual(['KS308'])
  })

  it('does not when there is something, or none is what is expected', () => {
    expect(told(two, expecting('acked(audits) == 0', 'acked(orders) >= 5', 'writable(orders) gap <= 5s'))).toEqual([])
    expect(told(two, 'consumers: { audit: { topics: [audits, orders] } }', expecting('caught-up(audit)'))).toEqual([])
    expect(told('monitors: { m: { topic: orders } }', expecting('no-offset-regression', 'no-poll-skip'))).toEqual([])
  })
})

describe('KS305: too short to be noticed', () => {
  const pause = (lasts: string): string => faults(`{ at: 10s, pause: broker:1, for: ${lasts} }`)

  it('warns of pauses and isolations below the session timeout', () => {
    expect(told(pause('8s'))).toEqual(['KS305'])
    expect(told(faults('{ at: 10s, isolate: leader(orders-0), for: 3s }'))).toEqual(['KS305'])
    expect(told('cluster: { brokers: 3, config: { broker.session.timeout.ms: 20000 } }', pause('15s'))).toEqual([
      'KS305',
    ])
  })

  it('does not when the ISR shrinks before, a longer one is there, time is expected of, or clients are paused', () => {
    expect(told(pause('10s'))).toEqual([])
    expect(told('cluster: { brokers: 3, config: { replica.lag.time.max.ms: 2000 } }', pause('5s'))).toEqual([])
    expect(told(faults('{ at: 10s, pause: broker:1, for: 5s }', '{ at: 30s, pause: broker:1, for: 12s }'))).toEqual([])
    expect(told(pause('5s'), expecting('writable(orders) gap <= 6s'))).toEqual([])
    expect(told(pause('5s'), expecting('fenced(brokers) == 0'))).toEqual([])
    expect(told(faults('{ at: 10s, pause: producer(web), for: 5s }'))).toEqual([])
    expect(told(faults('{ at: 10s, pause: broker:1 }'))).toEqual([])
  })
})

describe('KS306: the run ends too early', () => {
  const settle = (time: string): string => `settle: ${time}`
  const atEnd = faults('{ at: 10s, kill: broker:1 }')

  it('warns of more patience than the run has, and of deaths just before the end', () => {
    expect(told(atEnd, expecting('isr-full within 90s'))).toEqual(['KS306'])
    expect(told(settle('20s'), atEnd, expecting('caught-up(audit) within 30s'))).toEqual(['KS306'])
    expect(told(settle('5s'), faults('{ at: 56s, power-loss: broker:1 }'))).toEqual(['KS306'])
  })

  it('does not when all is healed long before', () => {
    expect(told(settle('20s'), faults(KILL), expecting('isr-full within 50s'))).toEqual([])
    expect(told(settle('90s'), atEnd, expecting('isr-full within 90s'))).toEqual([])
    expect(told(settle('5s'), faults('{ at: 30s, power-loss: broker:1 }'))).toEqual([])
    expect(told(settle('10s'), faults('{ at: 56s, power-loss: broker:1 }'))).toEqual([])
  })
})

describe('KS310: acks=1', () => {
  it('warns when a leader may die, or be silent until another leads', () => {
    for (const fault of [
      KILL,
      '{ at: 9s, power-loss: "rack:a", for: 5s }',
      '{ at: 9s, pause: leader(orders-0), for: 20s }',
      '{ at: 9s, isolate: "broker:1", for: 20s }',
      '{ at: 9s, restart: one broker }',
      '{ at: 9s, rolling-restart: brokers, with: kill }',
    ]) {
      expect(told(ACKS1, faults(fault), expecting('no-acked-loss')), fault).toEqual(['KS310'])
    }
    expect(told(ACKS1, 'nemesis: { faults: { kill: 1 } }', expecting('no-acked-loss'))).toEqual(['KS310'])
    expect(
      told(ACKS1, 'matrix: { producers.web.config.acks: [1, all] }', faults(KILL), expecting('no-acked-loss')),
    ).toEqual(['KS310'])
  })

  it('does not when nobody else leads, followers only are hit, or the loss is sought', () => {
    const hope = expecting('no-acked-loss')
    expect(told(ACKS1, faults('{ at: 9s, stall-disk: broker:1, for: 5s }'), hope)).toEqual([])
    expect(told(ACKS1, faults('{ at: 9s, kill: controller, for: 5s }'), hope)).toEqual([])
    expect(told(ACKS1, topic('{}', 1), faults(KILL), hope)).toEqual([])
    const one = 'topics: { orders: { partitions: 1, replication.factor: 3 } }'
    expect(told(ACKS1, one, faults('{ at: 9s, kill: follower(orders-0), for: 15s }'), hope)).toEqual([])
    expect(told(ACKS1, faults(KILL), expecting('finds: no-acked-loss'))).toEqual([])
    expect(told(ACKS1, faults(KILL), hope, 'allow: [{ no-acked-loss: "acks=1" }]')).toEqual([])
    const rows = expecting(
      '{ where: { acks: 1 }, finds: no-acked-loss }',
      '{ where: { acks: all }, pass: no-acked-loss }',
    )
    expect(told(ACKS1, 'matrix: { producers.web.config.acks: [1, all] }', faults(KILL), rows)).toEqual([])
  })
})

describe('KS311 and KS312: retries without idempotence', () => {
  const order = expecting('order-per-partition')
  const once = expecting('no-duplicates-in-log')

  it('warns when answers may get lost', () => {
    const plain = producer('{ enable.idempotence: false }')
    for (const fault of [
      KILL,
      '{ at: 9s, reset: broker:1 }',
      '{ at: 9s, drop: { api: Produce, from: producer(web), direction: response } }',
    ]) {
      expect(told(plain, faults(fault), order), fault).toEqual(['KS311'])
      expect(told(plain, faults(fault), once), fault).toEqual(['KS312'])
    }
  })

  it('does not with idempotence, without retries, and in peace', () => {
    const serial = producer('{ enable.idempotence: false, max.in.flight.requests.per.connection: 1 }')
    expect(told(serial, faults(KILL), order)).toEqual([])
    const never = producer('{ enable.idempotence: false, retries: 0 }')
    expect(told(never, faults(KILL), expecting('order-per-partition', 'no-duplicates-in-log'))).toEqual([])
    expect(told(producer('{ enable.idempotence: false }'), order)).toEqual([])
    expect(
      told(producer('{ enable.idempotence: false }'), faults('{ at: 9s, slow-cpu: broker:1, for: 5s }'), order),
    ).toEqual([])
    expect(told(faults(KILL), order)).toEqual([])
  })
})

describe('KS313 and KS314: what no disk has', () => {
  const power = '{ at: 30s, power-loss: leader(orders-0), for: 9s }'
  const hope = expecting('no-acked-loss')

  it('warns when the ISR may shrink before the power goes, or goes everywhere', () => {
    expect(told(faults(KILL, power), hope)).toEqual(['KS313'])
    expect(told('nemesis: { faults: { power-loss: 1 } }', hope)).toEqual(['KS313'])
    expect(told(faults('{ at: 30s, power-loss: ["broker:1", "broker:2", "broker:3"], for: 9s }'), hope)).toEqual([
      'KS314',
    ])
  })

  it('does not when one is left that has it, or the leader syncs', () => {
    expect(told(faults(power), hope)).toEqual([])
    expect(told(faults('{ at: 30s, power-loss: "rack:a", for: 9s }'), hope)).toEqual([])
    expect(told(topic('{ min.insync.replicas: 2 }'), faults(KILL, power), hope)).toEqual([])
    expect(told(topic('{ flush.messages: 1 }'), faults('{ at: 30s, power-loss: all brokers, for: 9s }'), hope)).toEqual(
      [],
    )
    expect(told(faults(KILL, power), expecting('isr-full'))).toEqual([])
  })
})

describe('KS315: a group without a coordinator', () => {
  const group = 'consumers: { billing: { topics: [orders], members: 2 } }'
  const cluster = (brokers: string, factor?: number) => {
    const config = factor === undefined ? '' : `, config: { offsets.topic.replication.factor: ${factor} }`
    return `cluster: { brokers: ${brokers}${config} }`
  }

  it('warns where __consumer_offsets needs more brokers than there are', () => {
    expect(told(cluster('1'), topic('{}', 1), group)).toEqual(['KS315'])
    expect(told(cluster('2'), topic('{}', 1), group)).toEqual(['KS315'])
    expect(told(cluster('3', 4), group)).toEqual(['KS315'])
  })

  it('does not where there are enough, or nobody asks for one', () => {
    expect(told(cluster('1', 1), topic('{}', 1), group)).toEqual([])
    expect(told(cluster('3'), group)).toEqual([])
    expect(told(cluster('1'), topic('{}', 1))).toEqual([])
  })
})
