// Myths about elections and what they do to logs, and about who elects.

import { recordAt } from '../scenario/story/records-in-log.ts'
import type { Myth } from './myth.ts'
import { list, seconds } from './seconds.ts'

const P = 'orders-0'

export const ELECTION_MYTHS: readonly Myth[] = [
  {
    id: 'M07',
    slug: 'largest-leo-wins',
    claim: 'The follower with the largest log end offset becomes the leader.',
    verdict: 'false',
    truth:
      'The first live member of the ISR in the order of the replicas becomes the leader. The controller does not know how long logs are.',
    rules: 'R-97, R-98',
    probe: (witness) => {
      let elected:
        { readonly to: number; readonly isr: readonly number[]; readonly ends: [number, number][] } | undefined
      witness.onChange(({ leader, isr, replicas }, before) => {
        if (leader < 0 || leader === before.leader || elected !== undefined) return
        const ends = replicas.map((broker): [number, number] => [broker, witness.logEnd(broker, P)])
        elected = { to: leader, isr, ends: ends.filter(([, end]) => end >= 0) }
      })
      return () => {
        if (elected === undefined || elected.ends.length < 2) return { holds: undefined, facts: [] }
        const { to, isr, ends } = elected
        const longest = Math.max(...ends.map(([, end]) => end))
        const differ = ends.some(([, end]) => end < longest)
        const own = ends.find(([broker]) => broker === to)?.[1] ?? -1
        const facts = [
          `at the election: ${ends.map(([broker, end]) => `broker ${broker} had log end ${end}`).join(', ')}; ISR ${list(isr)}`,
          `broker ${to} was elected, with log end ${own}`,
        ]
        return { holds: differ ? own === longest : undefined, facts }
      }
    },
  },
  {
    id: 'M09',
    slug: 'truncates-to-high-watermark',
    claim: 'A follower of a new leader cuts its log to its high watermark.',
    verdict: 'depends on version',
    truth:
      'It did until 0.10.2, and lost committed records. Since 0.11 it asks the leader where their histories part, by leader epochs, and cuts only there.',
    rules: 'R-57, R-62, R-63, RB-1; KIP-101 (0.11), KIP-279 (2.0)',
    rows: 'releases',
    probe: (witness) => {
      const FOLLOWER = 3
      let before: { readonly end: number; readonly highWatermark: number } | undefined
      let cutTo: number | undefined
      witness.on('role-changed', ({ broker, role, leader }) => {
        if (broker !== FOLLOWER || role !== 'follower' || leader !== 2 || before !== undefined) return
        before = { end: witness.logEnd(FOLLOWER, P), highWatermark: witness.highWatermark(FOLLOWER, P) }
      })
      witness.on('log-truncated', ({ broker, toOffset }) => {
        if (broker === FOLLOWER && before !== undefined) cutTo ??= toOffset
      })
      return ({ verdict }) => {
        if (before === undefined || before.end <= before.highWatermark) return { holds: undefined, facts: [] }
        const { end, highWatermark } = before
        const { lost, acked } = verdict.history
        const what = cutTo === undefined ? 'it cut nothing' : `it cut its log to ${cutTo}`
        const facts = [
          `broker ${FOLLOWER} got a new leader with log end ${end} and high watermark ${highWatermark}: ${what}`,
          `${lost} of ${acked} acknowledged records lost`,
        ]
        return { holds: cutTo === highWatermark, facts }
      }
    },
  },
  {
    id: 'M19',
    slug: 'replicas-are-equal',
    claim: 'Replicas always hold the same data: one can take the place of another without worry.',
    verdict: 'false',
    truth:
      'They agree on what is committed. Beyond that logs differ, and after an election whoever has another history must cut it.',
    rules: 'R-63, R-65, R-98, RI-3',
    probe: (witness) => {
      const cuts: string[] = []
      let ends = ''
      witness.onChange(({ leader }, before) => {
        if (leader < 0 || leader === before.leader || ends !== '') return
        const alive = witness.cluster.brokerIds.filter((broker) => witness.logEnd(broker, P) >= 0)
        ends = alive.map((broker) => `broker ${broker} at ${witness.logEnd(broker, P)}`).join(', ')
      })
      witness.on('log-truncated', ({ broker, fromOffset, toOffset }) => {
        const leader = witness.cluster.currentLeader('orders', 0)?.log
        const other = leader === undefined ? undefined : recordAt(leader, toOffset)
        const instead = other === undefined ? 'nothing' : `${other.client}#${other.n} of epoch ${other.epoch}`
        cuts.push(
          `broker ${broker} cut ${fromOffset - toOffset} records, from ${fromOffset} to ${toOffset}; at ${toOffset} the leader has ${instead}`,
        )
      })
      return () => ({
        holds: ends === '' ? undefined : cuts.length === 0,
        facts: [`when the leader was dead the logs of the others ended with ${ends}`, ...cuts],
      })
    },
  },
  {
    id: 'M54',
    slug: 'needs-zookeeper',
    claim: 'Kafka needs ZooKeeper to register brokers, to elect controllers and leaders, and to keep offsets.',
    verdict: 'false',
    truth:
      'Kafka keeps all that in a log of its own (KRaft): for production since 3.3, and nothing else since 4.0. Consumers keep their offsets in Kafka since 0.8.2 and 0.9.',
    rules: 'R-89, R-97, R-110; KIP-500; ZooKeeper mode (up to 3.9) is not simulated',
    rows: 'releases',
    probe: (witness) => {
      let registered = 0
      let electedMs = -1
      witness.on('broker-state-changed', ({ state }) => {
        if (state === 'registered') registered += 1
      })
      witness.onChange(({ leader }, before, atMs) => {
        if (leader >= 0 && leader !== before.leader && electedMs < 0) electedMs = atMs
      })
      return ({ verdict }) => {
        const names = witness.cluster.world.processes.map(({ name }) => name)
        const zookeepers = names.filter((name) => name.startsWith('zookeeper')).length
        const records = (witness.cluster.metadata?.highestOffset ?? -1) + 1
        const { acked } = verdict.history
        const works = registered >= 3 && electedMs >= 0 && acked > 0 && records > 0
        const facts = [
          `processes: ${names.join(', ')}`,
          `brokers registered ${registered} times, a leader was elected at ${seconds(electedMs)}, ${acked} records were acknowledged`,
          `the controller's own log has ${records} records`,
        ]
        return { holds: zookeepers > 0 || !works, facts }
      }
    },
  },
  {
    id: 'M55',
    slug: 'brokers-compete-to-control',
    claim: 'Every broker starts a controller; they compete, and the first one becomes the active one.',
    verdict: 'false',
    truth:
      'In KRaft controllers are nodes with a role of their own, which form a quorum and elect its leader among themselves. A broker without that role never steps in.',
    rules: 'R-91, R-97, R-111; KIP-500; the votes of a quorum of several are not built yet',
    probe: (witness) => {
      let downMs = -1
      let upMs = -1
      let deadMs = -1
      let early = 0
      let electedMs = -1
      const isController = (targets: readonly string[]) => targets.some((name) => name.startsWith('controller-'))
      witness.on('fault-applied', ({ targets }, atMs) => {
        if (isController(targets)) downMs = atMs
        else deadMs = atMs
      })
      witness.on('fault-healed', ({ targets }, atMs) => {
        if (isController(targets)) upMs = atMs
      })
      witness.onChange(({ leader }, before, atMs) => {
        if (leader < 0 || leader === before.leader || downMs < 0) return
        if (upMs < 0) early += 1
        else if (electedMs < 0) electedMs = atMs
      })
      return () => {
        const met = downMs >= 0 && upMs > deadMs && deadMs > downMs && electedMs > 0
        const facts = [
          `for ${seconds(upMs - deadMs)} the leader was dead, two members of its ISR lived, and no controller ran: ${early} elections`,
          `${seconds(electedMs - upMs)} after the controller was back a leader was elected`,
        ]
        return { holds: met ? early > 0 : undefined, facts }
      }
    },
  },
]
