import { describe, expect, it } from 'vitest'
import { loadScenario, runScenario, type RunOptions } from '../../../src/index.ts'
import { parseRecordQuery } from '../../../src/scenario/story/record-query.ts'
import type { RecordAccount, RecordStory } from '../../../src/scenario/story/record-story.ts'
import { type StoryResult, tellStory } from '../../../src/scenario/story/tell-story.ts'

/** One partition on three brokers, the first of which leads; 10 records a second until 6 s. */
function scenarioWith(more: { readonly acks?: string; readonly faults?: string; readonly rest?: string } = {}): string {
  const { acks = 'all', faults = '', rest = '' } = more
  return `
name: tiny
duration: 6s
cluster: { brokers: 3, config: { broker.session.timeout.ms: 1000, broker.heartbeat.interval.ms: 200 } }
topics: { orders: { replicas: [[1, 2, 3]], config: { min.insync.replicas: 1 } } }
producers:
  web:
    topic: orders
    rate: 10/s
    config: { acks: ${acks}, enable.idempotence: false, linger.ms: 0, request.timeout.ms: 700, delivery.timeout.ms: 1500 }
consumers: { audit: { topic: orders, config: { auto.offset.reset: earliest } } }
faults: [${faults}]
${rest}
`
}

function tell(text: string, record: string, options: Partial<RunOptions> = {}): StoryResult {
  const loaded = loadScenario(text)
  if (!loaded.ok) throw new Error(loaded.findings.map(({ message }) => message).join('\n'))
  const query = parseRecordQuery(record)
  if (query === undefined) throw new Error(`no record: ${record}`)
  return tellStory(query, (watch) => runScenario(loaded.scenario, { seed: 1, invariants: false, ...options, watch }))
}

function storyOf(text: string, record: string): RecordStory {
  const result = tell(text, record)
  if (!result.ok) throw new Error(result.problem)
  return result.story
}

function accountOf(text: string, record: string): RecordAccount {
  const [account] = storyOf(text, record).accounts
  if (account === undefined) throw new Error('no account')
  return account
}

/** Who did what, one after the other. */
function stepsOf({ steps }: RecordAccount): string[] {
  return steps.map(({ who, kind }) => `${who} ${kind}`)
}

function problemOf(text: string, record: string): string {
  const result = tell(text, record)
  return result.ok ? 'there is a story' : result.problem
}

const CUT_OFF = '{ at: 3s, clog: { from: "broker:1", to: ["broker:2", "broker:3"], one-way: true }, for: 2s }'
const DIES = '{ at: 3500ms, kill: "broker:1", for: 2s }'
const NO_ANSWERS = '{ at: 3s, partition: { from: "broker:1", to: producer(web), one-way: true }, for: 2900ms }'

describe('the story of a record', () => {
  it('leads from its producer over the leader, its followers and the high watermark to its reader', () => {
    const account = accountOf(scenarioWith(), 'orders-0@20')
    expect(account).toMatchObject({ record: 'web[0]#20', fate: 'safe', outcome: 'ok', acks: -1, loss: null })
    const steps = stepsOf(account)
    const order = [
      'web[0] sent',
      'web[0] attempt',
      'broker-1 appended',
      'broker-2 appended',
      'broker-1 high-watermark',
      'broker-1 answered',
      'web[0] completed',
    ]
    expect(steps.filter((step) => order.includes(step))).toEqual(order)
    expect(steps).toContain('audit[0] delivered')
    expect(steps.filter((step) => step.endsWith('high-watermark'))).toHaveLength(3)
    const answered = account.steps.find(({ kind }) => kind === 'answered')
    expect(answered).toMatchObject({ acks: -1, error: null, isr: [1, 2, 3], holders: [1, 2, 3], duplicate: false })
    expect(account.places).toMatchObject([{ partition: 'orders-0', offset: 20, epochs: [0] }])
    expect(account.places[0]?.replicas.map(({ broker, state }) => [broker, state])).toEqual([
      [1, 'here'],
      [2, 'here'],
      [3, 'here'],
    ])
  })

  it('is the same by offset and by the name that reports print', () => {
    const text = scenarioWith()
    expect(storyOf(text, 'web[0]#20').accounts).toEqual(storyOf(text, 'orders-0@20').accounts)
  })

  it('changes nothing in the run, and needs no judge: the trace is the same', () => {
    const text = scenarioWith({ acks: '1', faults: `${CUT_OFF}, ${DIES}` })
    const loaded = loadScenario(text)
    const alone = loaded.ok ? runScenario(loaded.scenario, { seed: 1 }).verdict.traceHash : ''
    expect(storyOf(text, 'web[0]#31').traceHash).toBe(alone)
    expect(storyOf(text, 'orders-0@31').traceHash).toBe(alone)
  })

  it('of one that acks=1 lost names who had it, the fault, and the election of a leader without it (RB-21)', () => {
    const { accounts } = storyOf(scenarioWith({ acks: '1', faults: `${CUT_OFF}, ${DIES}` }), 'orders-0@32')
    // Another record lies there since, in the next epoch: both are told of.
    expect(accounts.map(({ fate, places }) => [fate, places[0]?.offset, places[0]?.epochs])).toEqual([
      ['lost', 32, [0]],
      ['safe', 32, [1]],
    ])
    const [lost, other] = accounts
    expect(lost?.loss).toMatchObject({
      broker: 1,
      acks: 1,
      holders: [1],
      isr: [1, 2, 3],
      fault: { verb: 'kill', targets: ['broker-1'], atMs: 3500 },
      election: { from: 1, to: 2, leaderEpoch: 1, unclean: false, leaderHasIt: false },
    })
    const gone = lost?.steps.find(({ kind }) => kind === 'gone')
    expect(gone).toMatchObject({ how: 'cut', broker: 1, leader: 2, leaderEpoch: 1 })
    expect(lost?.places[0]?.replicas.map(({ state, record }) => [state, record])).toEqual(
      [1, 2, 3].map(() => ['other', other?.record]),
    )
    // What was in force before it began is told, and what came before the end.
    expect(stepsOf(lost!).filter((step) => / (?:fault|heal|election)$/.test(step))).toEqual([
      'broker-1, broker-2, broker-3 fault',
      'broker-1 fault',
      'orders-0 election',
      'broker-1, broker-2, broker-3 heal',
      'broker-1 heal',
    ])
  })

  it('of one that waited for a leader tells of the elections that it waited for', () => {
    const impatient = scenarioWith({ faults: '{ at: 3s, kill: "broker:1", for: 2s }' })
    const patient = impatient.replace('delivery.timeout.ms: 1500', 'delivery.timeout.ms: 9000')
    const account = accountOf(patient, 'web[0]#36')
    const steps = stepsOf(account)
    expect(steps.indexOf('orders-0 election')).toBeGreaterThan(steps.indexOf('web[0] sent'))
    expect(steps.indexOf('orders-0 election')).toBeLessThan(steps.indexOf('broker-2 appended'))
    expect(account.steps.find(({ kind }) => kind === 'election')).toMatchObject({ to: 2, leaderHasIt: null })
    // One that was given up before it was ever sent has it too.
    expect(stepsOf(accountOf(impatient, 'web[0]#36'))).toContain('orders-0 election')
  })

  it('of one that was on no disk says so (R-19)', () => {
    const powerLoss = '{ at: 3s, power-loss: ["broker:1", "broker:2", "broker:3"], lose: all-unflushed, for: 1s }'
    const account = accountOf(scenarioWith({ faults: powerLoss, rest: 'disk: { flush: never }' }), 'web[0]#20')
    expect(account.fate).toBe('lost')
    const gone = account.steps.filter((step) => step.kind === 'gone')
    expect(new Set(gone.map(({ how, broker }) => `${how} ${broker}`))).toEqual(
      new Set(['crash 1', 'crash 2', 'crash 3']),
    )
  })

  it('of one that was written twice has both places (R-44)', () => {
    const account = accountOf(scenarioWith({ faults: NO_ANSWERS.replace('2900ms', '800ms') }), 'web[0]#31')
    expect(account).toMatchObject({ fate: 'duplicated', places: [{ epochs: [0] }, { epochs: [0] }] })
    expect(account.steps.find(({ kind }) => kind === 'retry')).toMatchObject({ answered: false, attempt: 1 })
    expect(account.steps.filter(({ kind }) => kind === 'attempt').length).toBeGreaterThan(1)
  })

  it('of one whose answers got lost says that it is there, though nobody knows (R-41)', () => {
    const account = accountOf(scenarioWith({ faults: NO_ANSWERS }), 'web[0]#31')
    expect(account).toMatchObject({ fate: 'unacknowledged', outcome: 'unknown' })
  })

  it('of one sent with acks=0 asks for no acknowledgement', () => {
    const account = accountOf(scenarioWith({ acks: '0' }), 'web[0]#20')
    expect(account).toMatchObject({ fate: 'unacknowledged', acks: 0 })
  })

  it('of one that never reached a broker has no place', () => {
    const cut = '{ at: 3s, isolate: producer(web), for: 2900ms }'
    const account = accountOf(scenarioWith({ faults: cut }), 'web[0]#31')
    expect(account).toMatchObject({ fate: 'absent', places: [] })
  })

  it('of one that was deleted says so', () => {
    const deletion = '{ at: 4s, delete-records: { partitions: [orders-0], before: 25 } }'
    const account = accountOf(scenarioWith({ faults: deletion }), 'orders-0@20')
    expect(account.fate).toBe('deleted')
    expect(account.steps.at(-1)).toMatchObject({ kind: 'gone', how: 'deleted', who: 'orders-0' })
  })

  it('leaves open what became of one whose partition has no leader in the end', () => {
    const dead = '{ at: 4s, kill: all brokers, forever: true }'
    const account = accountOf(scenarioWith({ faults: dead, rest: 'allow: [stuck]\nsettle: 5s' }), 'orders-0@20')
    expect(account.fate).toBe('undecided')
    expect(account.places[0]?.replicas.map(({ state, hadIt }) => [state, hadIt])).toEqual(
      [1, 2, 3].map(() => ['down', true]),
    )
  })
})

describe('a record that never was', () => {
  const text = scenarioWith()
  it.each([
    ['orders-0@5000', /^nothing was ever written at orders-0@5000: orders-0 ends at 59$/],
    ['orders-1@5', 'there is no partition "orders-1"; did you mean "orders-0"?'],
    ['payments-0@5', 'there is no partition "payments-0"; there are orders-0'],
    ['wed[0]#5', 'no producer "wed[0]" sent anything; did you mean "web[0]"?'],
    ['billing#5', 'no producer "billing" sent anything; there are web[0]'],
    ['web[0]#5000', 'web[0] sent 59 records: web[0]#0 to web[0]#58'],
  ])('%s: the nearest that was is named', (record, problem) => {
    expect(problemOf(text, record)).toMatch(problem)
  })

  it('beyond the end of a log that once was longer, that is said too', () => {
    const faults = `${CUT_OFF.replace('2s', '9s')}, { at: 5800ms, kill: "broker:1", forever: true }`
    const problem = problemOf(scenarioWith({ acks: '1', faults, rest: 'settle: 10s' }), 'orders-0@59')
    expect(problem).toMatch(/: orders-0 ends at \d\d \(a log of it once ended at 5\d\)$/)
  })
})

describe('what is asked for', () => {
  it.each(['orders', 'orders-0', 'orders@4', 'orders-0@', 'orders-0@x', 'orders-0@-1', 'web[0]', 'web[0]#', '#4', ''])(
    '%j is no record',
    (text) => {
      expect(parseRecordQuery(text)).toBeUndefined()
    },
  )

  it('is an offset beyond 2^53 neither', () => {
    expect(parseRecordQuery('orders-0@99999999999999999999')).toBeUndefined()
  })
})
