// What the invariants on replication find: each on brokers that keep the rule, and on brokers that break it on purpose.

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { KEY, type MiniCluster, type MiniOptions, settled } from './mini-cluster.ts'

/** Longer than `replica.lag.time.max.ms`. */
const LATE_MS = 31_000

describe('correct brokers violate nothing', () => {
  it('when records are written, replicated and acknowledged', () => {
    const cluster = settled({ minIsr: 2 })
    for (let i = 0; i < 5; i++) {
      cluster.produce(1, 3)
      cluster.sync(2, 3)
    }
    expect(cluster.at(1).log.highWatermark).toBe(15)
    expect(cluster.found).toEqual([])
  })

  it('when leaders change, tails are truncated, and the ISR shrinks and grows', () => {
    const cluster = settled({ minIsr: 1 })
    cluster.produce(1, 4)
    cluster.sync(2, 3)
    // Broker 1 appends what nobody fetches, and dies.
    cluster.produce(1, 5, 1)
    cluster.crash(1)
    cluster.elect(2, [2, 3])
    cluster.learn(2, 3)
    cluster.produce(2, 2)
    cluster.sync(3)
    cluster.start(1)
    cluster.learn(1)
    cluster.sync(1, 3)
    cluster.acceptProposal()
    cluster.sync(1, 3)
    expect(cluster.committed.isr).toEqual([1, 2, 3])
    expect(cluster.at(1).log.logEndOffset).toBe(6)
    expect(cluster.found).toEqual([])
  })

  it('whatever happens, as long as nothing is lost and elections are clean', () => {
    let committed = 0
    let epochs = 0
    const steps = fc.array(fc.tuple(fc.constantFrom(...ACTS), fc.integer({ min: 1, max: 3 })), {
      minLength: 20,
      maxLength: 80,
    })
    fc.assert(
      fc.property(steps, fc.integer({ min: 1, max: 2 }), (random, minIsr) => {
        const cluster = settled({ minIsr })
        for (const [what, id] of random) act(cluster, what, id)
        expect(cluster.checker.violations).toEqual([])
        for (const id of [1, 2, 3]) committed += cluster.isUp(id) ? cluster.at(id).log.highWatermark : 0
        epochs += cluster.committed.leaderEpoch
      }),
      { numRuns: 300, seed: 1 },
    )
    // Something did happen.
    expect(committed).toBeGreaterThan(3000)
    expect(epochs).toBeGreaterThan(500)
  })
})

/** Often first. */
const ACTS =
  'produce produce produce sync sync sync fetch fetch learn learn accept accept acks1 fence elect late toggle'.split(
    ' ',
  )

/** One thing that may happen to a cluster whose disks keep everything. */
function act(cluster: MiniCluster, what: string, id: number): void {
  const { committed } = cluster
  const up = [1, 2, 3].filter((broker) => cluster.isUp(broker))
  switch (what) {
    case 'produce':
    case 'acks1': {
      // Whoever believes to lead takes records, in office or not.
      const leader = up.find((broker) => cluster.at(broker).role === 'leader')
      return leader === undefined ? undefined : cluster.produce(leader, id, what === 'acks1' ? 1 : -1)
    }
    case 'sync':
      return cluster.sync(...up)
    case 'fetch':
      return cluster.isUp(id) ? void cluster.fetch(id) : undefined
    case 'learn':
      return cluster.learn(...up.filter((broker) => broker !== id))
    case 'accept':
      return cluster.acceptProposal()
    case 'late':
      return cluster.advance(LATE_MS)
    case 'fence':
      return committed.isr.includes(id) && committed.isr.length > 1 ? fenceOut(cluster, id) : undefined
    case 'elect':
      return committed.isr.includes(id) && committed.leader !== id ? cluster.elect(id, committed.isr) : undefined
    default:
      if (cluster.isUp(id)) return cluster.crash(id)
      cluster.start(id)
      return cluster.learn(id)
  }
}

function fenceOut(cluster: MiniCluster, id: number): void {
  const { committed } = cluster
  const isr = committed.isr.filter((member) => member !== id)
  if (committed.leader === id) cluster.elect(isr[0]!, isr)
  else cluster.commit({ isr })
}

describe('RI-13 high-watermark-raise-justified', () => {
  it('is violated when a fetch that is told to truncate counts as progress (RB-12)', () => {
    const cluster = divergedFollower({ switches: { countDivergingFetch: true } })
    // Broker 3 asks at 10, where its log has other records: it is told to truncate to 5, and counts as being at 10.
    cluster.step(() => void cluster.request(3))
    expect(cluster.unexcused).toContain('high-watermark-raise-justified')
    expect(cluster.unexcused).toContain('isr-holds-committed')
    const violation = cluster.checker.violations.find(({ rule }) => rule === 'RI-13')
    expect(violation?.subject).toBe(KEY)
    expect(violation?.message).toContain('member 3')
    expect(violation?.events[0]).toBeLessThanOrEqual(violation?.events[1] ?? 0)
  })

  it('holds when such a fetch does not count (R-55)', () => {
    const cluster = divergedFollower({})
    cluster.sync(3)
    expect(cluster.at(2).log.highWatermark).toBe(10)
    expect(cluster.found).toEqual([])
  })

  it('is violated when the high watermark rises below the minimum ISR, where the version does not allow it', () => {
    const lone = (options: object) => {
      const cluster = settled({ minIsr: 2, isr: [1], switches: { hwMinIsrGate: false }, ...options })
      cluster.produce(1, 1, 1)
      return cluster.found
    }
    expect(lone({})).toEqual(['high-watermark-raise-justified'])
    expect(lone({ hwMinIsrGate: () => false })).toEqual([])
    expect(settled({ minIsr: 2, isr: [1] }).found).toEqual([])
  })

  it('is violated by a new leader that counts what it has not been told in this office (R-71)', () => {
    const raise = (pretend: boolean): MiniCluster => {
      const cluster = settled()
      cluster.produce(1, 4)
      cluster.fetch(2)
      cluster.fetch(3)
      cluster.elect(2, [1, 2, 3])
      cluster.learn(1, 2, 3)
      const { remoteReplicas } = cluster.at(2)
      if (pretend) for (const follower of remoteReplicas.values()) follower.fetched(4, 0, 4, 101, 0)
      else cluster.sync(1, 3)
      cluster.produce(2)
      expect(cluster.at(2).log.highWatermark).toBe(4)
      return cluster
    }
    // All of them do hold the four records.
    const pretended = raise(true)
    expect(pretended.unexcused).toEqual(['high-watermark-raise-justified'])
    expect(pretended.checker.violations[0]?.message).toContain('member 1 of its ISR last fetched at -1')
    expect(raise(false).found).toEqual([])
  })

  it('is violated when a leader forgets that a member has not fetched', () => {
    const cluster = settled()
    cluster.produce(1)
    cluster.step(() => cluster.at(1).log.maybeIncrementHighWatermark(1))
    expect(cluster.found).toContain('high-watermark-raise-justified')
    expect(cluster.found).toContain('isr-holds-committed')
  })
})

/** Broker 3 has [0,10) of epoch 1; broker 2 leads epoch 2 with [0,5) of epoch 1 and [5,10) of its own. */
function divergedFollower(options: MiniOptions): MiniCluster {
  const cluster = settled(options)
  cluster.produce(1, 5, 1)
  cluster.fetch(2)
  cluster.produce(1, 5, 1)
  cluster.sync(3)
  cluster.crash(1)
  cluster.elect(2, [2, 3])
  cluster.learn(2, 3)
  cluster.produce(2, 5, 1)
  return cluster
}

describe('RI-4 and RI-3: whom the controller may elect', () => {
  it('are violated when a leader does not wait for a member it asked for (RB-11)', () => {
    const cluster = growingIsr({ switches: { maximalIsr: false } })
    expect(cluster.unexcused).toContain('maximal-isr-covers-isr')
    expect(cluster.unexcused).toContain('isr-holds-committed')
  })

  it('RI-4 is violated when a leader that asks for no change waits for somebody else', () => {
    const cluster = settled({ isr: [1, 2] })
    Object.defineProperty(cluster.at(1), 'maximalIsr', { value: [1, 2, 3] })
    const view = { broker: 1, partition: KEY, committedIsr: [1, 2], maximalIsr: [1, 2, 3] }
    cluster.step(() => cluster.emit({ type: 'isr-view-changed', ...view, change: 'confirmed', error: null }))
    expect(cluster.unexcused).toEqual(['maximal-isr-covers-isr'])
    expect(cluster.checker.violations[0]?.message).toBe(
      'leader 1 waits for [1, 2, 3] with no change on its way and the ISR of the controller is [1, 2]',
    )
  })

  it('hold when it counts the newcomer at once (R-74)', () => {
    expect(growingIsr({}).found).toEqual([])
  })

  it('RI-3 is violated when a replica joins below the start of the epoch (RB-6)', () => {
    const join = (isrExpandRequiresLeso: boolean) => {
      const cluster = settled({ minIsr: 2, isr: [1, 2], switches: { isrExpandRequiresLeso } })
      cluster.produce(1, 7)
      cluster.sync(2)
      cluster.fetch(3)
      cluster.advance(LATE_MS)
      cluster.produce(1, 3)
      cluster.fetch(2)
      cluster.step(() => void cluster.request(2))
      // Broker 1 committed [0,10); broker 2 has it all, and a high watermark of 7; broker 3 ends at 7.
      expect([cluster.at(1), cluster.at(2), cluster.at(3)].map(({ log }) => log.highWatermark)).toEqual([10, 7, 7])
      cluster.crash(1)
      cluster.elect(2, [2])
      cluster.learn(2, 3)
      expect(cluster.at(2).log.highWatermark).toBe(7)
      cluster.step(() => void cluster.request(3))
      cluster.acceptProposal()
      return cluster.unexcused
    }
    expect(join(false)).toContain('isr-holds-committed')
    expect(join(true)).not.toContain('isr-holds-committed')
  })

  it('RI-3 asks nobody for what the leader in office has deleted (R-8), and for all that lies above', () => {
    const cutBelow = (logStart: number) => {
      const cluster = settled()
      cluster.produce(1, 10)
      cluster.sync(2, 3)
      cluster.step(() => void cluster.at(1).log.maybeIncrementLogStartOffset(logStart))
      cluster.step(() => cluster.at(2).log.truncateTo(4))
      return cluster.unexcused
    }
    expect(cutBelow(10)).not.toContain('isr-holds-committed')
    expect(cutBelow(9)).toContain('isr-holds-committed')
    expect(cutBelow(0)).toContain('isr-holds-committed')
  })

  it('RI-3 asks for it again when that leader has gone, and not of a log that has passed it', () => {
    const cluster = settled()
    cluster.produce(1, 10)
    cluster.sync(2, 3)
    cluster.step(() => void cluster.at(1).log.maybeIncrementLogStartOffset(10))
    cluster.step(() => cluster.at(2).log.truncateTo(4))
    cluster.step(() => cluster.at(2).log.truncateFullyAndStartAt(10))
    cluster.crash(1)
    cluster.elect(3, [2, 3])
    expect(cluster.unexcused).not.toContain('isr-holds-committed')

    const early = settled()
    early.produce(1, 10)
    early.sync(2, 3)
    early.step(() => void early.at(1).log.maybeIncrementLogStartOffset(10))
    early.step(() => early.at(2).log.truncateTo(4))
    early.crash(1)
    early.elect(3, [2, 3])
    expect(early.unexcused).toContain('isr-holds-committed')
  })
})

/** Broker 3, at 0, is added to the ISR; before the controller says so broker 1 and 2 write and replicate. */
function growingIsr(options: MiniOptions): MiniCluster {
  const cluster = settled({ isr: [1, 2], ...options })
  cluster.step(() => void cluster.request(3))
  cluster.advance(LATE_MS)
  cluster.produce(1, 10)
  cluster.sync(2)
  cluster.acceptProposal()
  return cluster
}

describe('RI-12 true-high-watermark-monotone', () => {
  it('is violated by a leader without what was committed', () => {
    const cluster = settled()
    cluster.produce(1, 5)
    cluster.sync(2, 3)
    cluster.step(() => cluster.at(2).truncateTo(0))
    // Broker 1 still leads, and counts it.
    expect(cluster.unexcused).toEqual(['isr-holds-committed', 'weak-isr'])
    cluster.elect(2, [1, 2, 3])
    cluster.learn(2)
    expect(cluster.unexcused).toEqual([
      'isr-holds-committed',
      'weak-isr',
      'leader-completeness',
      'true-high-watermark-monotone',
    ])
    expect(cluster.checker.violations.at(-1)?.message).toBe(
      'broker 2 took office in epoch 2 without offsets 0–4, committed in epoch 1: its log ends at 0',
    )
  })

  it('is excused by an unclean election that config permitted, and by no other (RB-20)', () => {
    const elect = (permitted: boolean) => {
      const cluster = settled({ isr: [1], uncleanElectionEnabled: permitted })
      cluster.produce(1, 9)
      cluster.crash(1)
      cluster.elect(2, [2])
      cluster.learn(2, 3)
      cluster.produce(2, 3)
      cluster.sync(3)
      return cluster
    }
    const permitted = elect(true)
    expect(permitted.found).toContain('true-high-watermark-monotone')
    expect(permitted.unexcused).toEqual([])
    expect(permitted.checker.violations[0]?.excused).toMatch(/^C1: broker 2 was elected from outside the ISR/)
    const forbidden = elect(false)
    expect(forbidden.unexcused[0]).toBe('unclean-election-permitted')
    expect(forbidden.unexcused).toContain('true-high-watermark-monotone')
  })

  it('is excused when the last member of the ISR lost what it had not synced (RB-8)', () => {
    const cluster = settled({ minIsr: 1, isr: [1] })
    const empty = cluster.snapshot(1)
    cluster.produce(1, 5)
    cluster.losePower(1, empty)
    cluster.start(1)
    cluster.learn(1)
    expect(cluster.found).toContain('true-high-watermark-monotone')
    expect(cluster.unexcused).toEqual([])
    expect(cluster.checker.violations[0]?.excused).toMatch(/^C2: broker 1 lost some batches/)
  })

  it('is not excused by a loss on fewer brokers than the minimum ISR', () => {
    const cluster = settled({ minIsr: 2 })
    const empty = cluster.snapshot(3)
    cluster.produce(1, 5)
    cluster.sync(2, 3)
    cluster.losePower(3, empty)
    cluster.start(3)
    // Not fenced yet: it does not count as running.
    cluster.learn(3)
    expect(cluster.found).toEqual([])
    cluster.step(() => cluster.at(2).truncateTo(0))
    expect(cluster.unexcused).toEqual(['isr-holds-committed', 'weak-isr'])
  })

  it('goes on with the log of the new leader: one violation, not one for each batch', () => {
    const cluster = settled({ isr: [1], uncleanElectionEnabled: true })
    cluster.produce(1, 9)
    cluster.crash(1)
    cluster.elect(2, [2])
    cluster.learn(2)
    for (let i = 0; i < 20; i++) cluster.produce(2, 3)
    const found = cluster.checker.violations.find(({ rule }) => rule === 'RI-12')
    expect(found?.count).toBe(2)
    expect(cluster.at(2).log.highWatermark).toBe(60)
  })
})

describe('RI-10 and RI-11: high watermarks of one replica', () => {
  it('are violated when a leader takes its high watermark back', () => {
    const cluster = settled({ isr: [1] })
    cluster.produce(1, 5)
    cluster.step(() => void cluster.at(1).log.updateHighWatermark(2))
    expect(cluster.unexcused).toContain('high-watermark-monotone-in-tenure')
  })

  it('hold for a follower that adopts a lower one (R-17), and for the same broker in a new epoch', () => {
    const cluster = settled()
    cluster.produce(1, 5)
    cluster.sync(2, 3)
    cluster.step(() => void cluster.at(2).log.updateHighWatermark(2))
    cluster.elect(2, [1, 2, 3])
    cluster.learn(2)
    expect(cluster.at(2).log.highWatermark).toBe(2)
    expect(cluster.found).toEqual([])
  })
})

describe('RI-15 acked-durable', () => {
  it('is violated by an answer before the high watermark', () => {
    const cluster = settled()
    cluster.produce(1, 2)
    expect(cluster.found).toEqual([])
    cluster.step(() => cluster.answer(1, -1, 0, 1, null))
    expect(cluster.found).toEqual(['acked-durable'])
  })

  it('is violated when fewer replicas than the minimum hold the records', () => {
    const cluster = settled({ minIsr: 2, isr: [1], switches: { hwMinIsrGate: false }, hwMinIsrGate: () => false })
    cluster.produce(1, 2, 1)
    cluster.step(() => cluster.answer(1, -1, 0, 1, null))
    expect(cluster.found).toEqual(['acked-durable'])
    expect(cluster.checker.violations[0]?.message).toContain('that 1 replicas hold, of 2 needed')
  })

  it('holds with the least that is promised: acks=1, an error, one replica of one (RB-21, RB-22)', () => {
    const cluster = settled()
    cluster.produce(1, 2, 1)
    cluster.step(() => cluster.answer(1, -1, 0, 1, 'REQUEST_TIMED_OUT'))
    const alone = settled({ isr: [1] })
    alone.produce(1, 2)
    expect([...cluster.found, ...alone.found]).toEqual([])
  })

  it('counts a dead member as holding what it had', () => {
    const cluster = settled({ minIsr: 2, isr: [1, 2] })
    cluster.produce(1, 2)
    cluster.fetch(2)
    let asked = 0
    cluster.step(() => {
      asked = cluster.request(2)!.logEndOffset
      cluster.crashNow(2)
    })
    expect(asked).toBe(2)
    expect(cluster.at(1).log.highWatermark).toBe(2)
    expect(cluster.found).toEqual([])
  })
})

describe('hw-equals-min-isr-leo', () => {
  it('is violated by a leader that does not raise what it may', () => {
    const cluster = settled()
    const leader = cluster.at(1)
    cluster.produce(1)
    cluster.sync(2, 3)
    cluster.produce(1)
    expect(cluster.found).toEqual([])
    cluster.step(() => {
      for (const follower of leader.remoteReplicas.values()) follower.fetched(2, 0, 2, 101, 0)
      leader.log.appendAsLeader(cluster.batch(), 1, 0, 'client')
    })
    expect(cluster.unexcused).toEqual(['hw-equals-min-isr-leo'])
    expect(cluster.checker.violations[0]?.message).toContain(
      'the high watermark is 1 and the least log end of the ISR [1, 2, 3] of broker 1 in epoch 1 is 2',
    )
  })

  it('asks nothing while a follower outside the ISR may hold it back (R-77)', () => {
    const cluster = settled({ isr: [1, 2] })
    cluster.produce(1, 2)
    cluster.sync(2)
    cluster.produce(1, 2)
    expect(cluster.at(1).log.highWatermark).toBe(2)
    cluster.step(() => void cluster.request(3))
    cluster.produce(1, 2)
    cluster.sync(2)
    expect(cluster.at(2).logEndOffset).toBe(6)
    expect(cluster.found).toEqual([])
  })
})
