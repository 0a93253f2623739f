// Myths about the ISR: who is in it, how long, and how others learn of it.

import { resolveConfig } from '../config/resolve-config.ts'
import { KAFKA_VERSIONS } from '../config/versions.ts'
import type { Myth } from './myth.ts'
import { list, seconds } from './seconds.ts'

const P = 'orders-0'
const SLOW = 2

export const ISR_MYTHS: readonly Myth[] = [
  {
    id: 'M01',
    slug: 'lag-default-10s',
    claim: 'By default a follower may lag 10 s (replica.lag.time.max.ms) before it leaves the ISR.',
    verdict: 'depends on version',
    truth: 'It was 10 s until 2.4 and is 30 s since 2.5. It never was 2 ms, as some notes have it.',
    rules: 'R-70, R-81, R-127; KIP-537 (2.5)',
    rows: 'releases',
    probe: (witness) => {
      let stalledMs = -1
      let leftMs = -1
      let healedMs = -1
      let changes = 0
      witness.on('fault-applied', (_, atMs) => (stalledMs = atMs))
      witness.on('fault-healed', (_, atMs) => (healedMs = atMs))
      witness.onChange(({ isr }, before, atMs) => {
        if (isr.length !== before.isr.length) changes += 1
        if (stalledMs >= 0 && leftMs < 0 && !isr.includes(SLOW)) leftMs = atMs
      })
      return () => {
        const tookMs = leftMs - stalledMs
        const defaults = [...new Set(KAFKA_VERSIONS.map((kafka) => defaultOf(kafka)))].join(' or ')
        const releases = `${KAFKA_VERSIONS[0]} to ${KAFKA_VERSIONS.at(-1)}`
        const table = witness.row === 'default' ? [`the default of releases ${releases} is ${defaults} ms`] : []
        const left =
          leftMs < 0
            ? `broker ${SLOW} got nothing for ${seconds(healedMs - stalledMs)}, and stayed in the ISR`
            : `broker ${SLOW} left the ISR ${seconds(tookMs)} after the stall began`
        const flapping = changes > 4 ? [`the ISR changed ${changes} times in all`] : []
        const holds = stalledMs < 0 ? undefined : leftMs >= 0 && tookMs >= 9_900 && tookMs <= 15_100
        return { holds, facts: [...table, left, ...flapping] }
      }
    },
  },
  {
    id: 'M02',
    slug: 'isr-checked-each-period',
    claim: 'The leader checks its followers once every replica.lag.time.max.ms.',
    verdict: 'false',
    truth: 'It looks every half of it, so a follower leaves after 1 to 1.5 times the setting, not 1 to 2 times.',
    rules: 'R-81',
    probe: (witness) => {
      const LAG_MS = 4000
      const delays: number[] = []
      const phases: number[] = []
      let stalledMs = -1
      witness.on('fault-applied', (_, atMs) => (stalledMs = atMs))
      witness.on('isr-view-changed', ({ change }, atMs) => {
        if (change !== 'shrink-sent') return
        delays.push(atMs - stalledMs)
        phases.push(atMs % LAG_MS)
      })
      return () => {
        const first = phases[0] ?? 0
        const apart = phases.map((phase) => Math.abs(phase - first))
        const isOneBeat = apart.every((ms) => Math.min(ms, LAG_MS - ms) < LAG_MS / 8)
        const inTime = delays.filter((ms) => ms >= LAG_MS - 100 && ms <= 1.5 * LAG_MS + 100).length
        const facts = [
          `dropped ${delays.map(seconds).join(', ')} after a stall began; the setting is ${seconds(LAG_MS)}`,
          `${inTime} of ${delays.length} within 1 to 1.5 times the setting`,
          isOneBeat
            ? 'all on one beat of the whole setting'
            : 'they do not share one beat of the whole setting, only one of its half',
        ]
        return { holds: phases.length < 2 ? undefined : isOneBeat || inTime < delays.length, facts }
      }
    },
  },
  {
    id: 'M03',
    slug: 'fetching-is-enough',
    claim: 'A follower is dropped from the ISR only if it sends no fetch requests.',
    verdict: 'false',
    truth:
      'It must catch up, not only fetch: at least once in replica.lag.time.max.ms it must have reached what the leader had at its fetch before.',
    rules: 'R-70, R-81',
    probe: (witness) => {
      const LAG_MS = 4000
      const fetches: { readonly atMs: number; readonly behind: number }[] = []
      let droppedMs = -1
      witness.on('follower-fetched', ({ broker, follower, fetchOffset }, atMs) => {
        if (follower === SLOW && droppedMs < 0) fetches.push({ atMs, behind: witness.logEnd(broker, P) - fetchOffset })
      })
      witness.on('isr-view-changed', ({ change }, atMs) => {
        if (change === 'shrink-sent' && droppedMs < 0) droppedMs = atMs
      })
      return () => {
        const last = fetches.filter(({ atMs }) => droppedMs - atMs <= LAG_MS)
        const behind = last.map((fetch) => fetch.behind)
        const facts =
          droppedMs < 0
            ? [`broker ${SLOW} fetched ${fetches.length} times and stayed in the ISR`]
            : [
                `in the ${seconds(LAG_MS)} before it was dropped, broker ${SLOW} fetched ${last.length} times`,
                `at these fetches it was ${Math.min(...behind)} to ${Math.max(...behind)} records behind`,
              ]
        return { holds: fetches.length === 0 ? undefined : droppedMs < 0 || last.length < 3, facts }
      }
    },
  },
  {
    id: 'M04',
    slug: 'isr-news-every-2500ms',
    claim: 'Leaders write ISR changes to ZooKeeper, and the other brokers are told of them every 2.5 s.',
    verdict: 'false',
    truth:
      'That was so until 2.6. Since 2.7 the leader asks the controller (AlterPartition); with KRaft all brokers read the change from the metadata log, at once.',
    rules: 'R-83, R-109; KIP-497 (2.7); ZooKeeper mode is not simulated',
    probe: (witness) => {
      const { cluster } = witness
      const tookMs: number[] = []
      let sentMs = -1
      let awaited = -1
      witness.on('isr-view-changed', ({ change }, atMs) => {
        if (change === 'shrink-sent' || change === 'expand-sent') sentMs = atMs
      })
      witness.onChange(({ partitionEpoch, isr }, before) => {
        if (isr.length !== before.isr.length && sentMs >= 0) awaited = partitionEpoch
      })
      witness.always((nowMs) => {
        if (awaited < 0) return
        const epochOf = (broker: number) => cluster.broker(broker)?.metadata.partition('orders', 0)?.partitionEpoch
        if (!cluster.brokerIds.every((broker) => (epochOf(broker) ?? -1) >= awaited)) return
        tookMs.push(nowMs - sentMs)
        awaited = -1
      })
      return () => ({
        holds: tookMs.length === 0 ? undefined : tookMs.some((ms) => ms > 1000),
        facts: [
          `${tookMs.length} ISR changes; from the leader's request until all ${cluster.brokerIds.length} brokers knew: ${tookMs.map((ms) => `${ms.toFixed(0)} ms`).join(', ')}`,
        ],
      })
    },
  },
  {
    id: 'M05',
    slug: 'osr-queue',
    claim: 'A follower that leaves the ISR goes into an OSR queue.',
    verdict: 'false',
    truth:
      'There is no such queue, nor any list. Out of sync is who is among the replicas and not in the ISR; each comes back when it has caught up, in any order.',
    rules: 'R-74, R-82',
    probe: (witness) => {
      const left: number[] = []
      const back: number[] = []
      witness.onChange(({ isr }, before) => {
        left.push(...before.isr.filter((broker) => !isr.includes(broker)))
        back.push(...isr.filter((broker) => !before.isr.includes(broker)))
      })
      return () => {
        const state = witness.committed(P)
        const kept = `what the controller keeps of a partition: ${Object.keys(state ?? {}).join(', ')}`
        const facts = [`left the ISR in the order ${list(left)}, and came back in the order ${list(back)}`, kept]
        const all = left.length === 2 && back.length === 2 && state !== undefined
        return { holds: all ? left.join() === back.join() : undefined, facts }
      }
    },
  },
  {
    id: 'M06',
    slug: 'isr-is-who-is-alive',
    claim: 'The ISR is the set of replicas that are available right now.',
    verdict: 'false',
    truth:
      'It is the set of those that keep up. A live replica can be out of it; a dead one is in it until its session ends or it lags too long.',
    rules: 'R-70, R-81, R-91, R-93',
    probe: (witness) => {
      const DEAD = 3
      let outMs = -1
      let aliveOutMs = 0
      let killedMs = -1
      let deadInMs = -1
      witness.on('fault-applied', ({ verb }, atMs) => {
        if (verb === 'kill') killedMs = atMs
      })
      witness.onChange(({ isr }, _, atMs) => {
        const fenced = witness.cluster.metadata?.brokers.get(SLOW)?.fenced !== false
        if (!isr.includes(SLOW) && outMs < 0 && !fenced) outMs = atMs
        if (isr.includes(SLOW) && outMs >= 0 && aliveOutMs === 0) aliveOutMs = atMs - outMs
        if (killedMs >= 0 && deadInMs < 0 && !isr.includes(DEAD)) deadInMs = atMs - killedMs
      })
      return () => ({
        holds: killedMs < 0 ? undefined : aliveOutMs === 0 && deadInMs <= 0,
        facts: [
          `broker ${SLOW}, alive and unfenced, was out of the ISR for ${seconds(aliveOutMs)}`,
          `broker ${DEAD}, dead, stayed in the ISR for ${seconds(Math.max(0, deadInMs))}`,
        ],
      })
    },
  },
  {
    id: 'M10',
    slug: 'rejoins-at-high-watermark',
    claim: 'A follower is back in the ISR as soon as it has caught up to the high watermark.',
    verdict: 'depends on version',
    truth:
      'Since 2.0.1 it must also reach the offset where the epoch of its leader begins: a new leader does not know yet how much is committed.',
    rules: 'R-66, R-82, RB-6; KAFKA-7128',
    rows: 'releases',
    probe: (witness) => {
      const LEADER = 2
      const BACK = 3
      let epochStart = -1
      let waited = -1
      let joinedAt = -1
      let highWatermark = -1
      witness.on('role-changed', ({ broker, role }) => {
        if (broker === LEADER && role === 'leader' && epochStart < 0) epochStart = witness.logEnd(LEADER, P)
      })
      witness.on('follower-fetched', ({ broker, follower, fetchOffset }) => {
        if (broker !== LEADER || follower !== BACK || joinedAt >= 0) return
        highWatermark = witness.highWatermark(LEADER, P)
        if (fetchOffset >= highWatermark) waited = fetchOffset
      })
      witness.on('isr-view-changed', ({ broker, change, maximalIsr }) => {
        const isItsTurn = change === 'expand-sent' && maximalIsr.includes(BACK)
        if (broker === LEADER && isItsTurn && joinedAt < 0) joinedAt = waited
      })
      return ({ verdict }) => {
        const at = `the leader's epoch begins at ${epochStart}`
        const joined =
          joinedAt < 0
            ? `broker ${BACK} had ${waited} records, as many as the high watermark, and did not join: ${at}`
            : `broker ${BACK} joined the ISR with ${joinedAt} records, at high watermark ${highWatermark}: ${at}`
        const { lost, acked } = verdict.history
        const facts = [joined, `${lost} of ${acked} acknowledged records lost`]
        return { holds: waited < 0 ? undefined : joinedAt >= 0 && joinedAt < epochStart, facts }
      }
    },
  },
]

function defaultOf(kafka: (typeof KAFKA_VERSIONS)[number]): number {
  return resolveConfig('broker', kafka, {})['replica.lag.time.max.ms']
}
