// Myths about log ends and high watermarks, and about how a leader learns what its followers have.

import { recordsOf } from '../history/final-log.ts'
import type { Myth } from './myth.ts'
import { list, seconds } from './seconds.ts'

const P = 'orders-0'
const LEADER = 1
const SLOW = 2

export const HIGH_WATERMARK_MYTHS: readonly Myth[] = [
  {
    id: 'M11',
    slug: 'hw-is-the-lowest-isr-end',
    claim: 'The high watermark is the lowest log end offset in the ISR.',
    verdict: 'false',
    truth:
      'The lowest end of the ISR, and of those that may join it and are caught up, is only what a leader may raise it to. It does not fall with it, and since 3.7 it stands still while the ISR is below min.insync.replicas.',
    rules: 'R-76, R-77, R-78; KAFKA-15583 (3.7)',
    probe: (witness) => {
      const seen: { readonly end: number; readonly highWatermark: number }[] = []
      witness.on('log-appended', ({ broker, as }) => {
        const isr = witness.replica(LEADER, P)?.committedIsr ?? []
        if (broker !== LEADER || as !== 'leader' || isr.length !== 1) return
        seen.push({ end: witness.logEnd(LEADER, P), highWatermark: witness.highWatermark(LEADER, P) })
      })
      return () => {
        const [first, last] = [seen[0], seen.at(-1)]
        if (first === undefined || last === undefined || last === first) return { holds: undefined, facts: [] }
        const facts = [
          `while the ISR was [${LEADER}], the lowest log end in it rose from ${first.end} to ${last.end}`,
          `the high watermark was ${first.highWatermark} before and ${last.highWatermark} after`,
        ]
        return { holds: last.highWatermark >= first.end, facts }
      }
    },
  },
  {
    id: 'M12',
    slug: 'hw-is-the-lowest-follower',
    claim: 'The leader takes the lowest log end offset of its followers as the high watermark.',
    verdict: 'false',
    truth:
      'Members of the ISR count, the leader among them, and others only while they are caught up and about to join. And the leader knows no more than what the last fetch of a follower told it.',
    rules: 'R-68, R-74, R-76, R-77',
    probe: (witness) => {
      const reached = new Map<number, { readonly end: number; readonly atMs: number }[]>([
        [2, []],
        [3, []],
      ])
      const delays: number[] = []
      let ahead = 0
      let isOut = false
      witness.on('log-appended', ({ broker, lastOffset }, atMs) =>
        reached.get(broker)?.push({ end: lastOffset + 1, atMs }),
      )
      witness.on('high-watermark-changed', ({ broker, as, to }, atMs) => {
        if (broker !== LEADER || as !== 'leader') return
        const isr = witness.replica(LEADER, P)?.committedIsr ?? []
        if (!isr.includes(SLOW)) {
          isOut = true
          ahead = Math.max(ahead, to - witness.logEnd(SLOW, P))
          return
        }
        const had = [...reached.values()].map((steps) => steps.find(({ end }) => end >= to)?.atMs ?? atMs)
        delays.push(atMs - Math.max(...had))
      })
      return () => {
        const middle = delays.toSorted((a, b) => a - b)[Math.floor(delays.length / 2)] ?? 0
        const facts = [
          `out of the ISR, broker ${SLOW} had ${ahead} records less than the high watermark`,
          `brokers are 20 ms apart: the high watermark passes a record ${middle.toFixed(0)} ms after the last member of the ISR has it`,
        ]
        return { holds: isOut ? ahead <= 0 : undefined, facts }
      }
    },
  },
  {
    id: 'M13',
    slug: 'leo-is-the-last-offset',
    claim: 'The log end offset (LEO) is the offset of the last record.',
    verdict: 'false',
    truth: 'It is the offset that the next record will get. The high watermark is counted in the same way.',
    rules: 'R-1, R-57',
    probe: (witness) => () => {
      const { brokerIds } = witness.cluster
      const log = witness.cluster.currentLeader('orders', 0)?.log
      const offsets = log === undefined ? [] : [...recordsOf(log)].map(({ offset }) => offset)
      const last = offsets.at(-1)
      const ends = brokerIds.map((broker) => witness.logEnd(broker, P))
      const marks = brokerIds.map((broker) => witness.highWatermark(broker, P))
      const facts = [
        `${offsets.length} records, the last at offset ${last}`,
        `log end offsets of brokers ${list(brokerIds)}: ${ends.join(', ')}; high watermarks: ${marks.join(', ')}`,
      ]
      return { holds: last === undefined ? undefined : ends.some((end) => end === last), facts }
    },
  },
  {
    id: 'M14',
    slug: 'leader-pushes',
    claim: 'The leader pushes records to its followers and collects their acknowledgements.',
    verdict: 'false',
    truth: 'Followers fetch. The offset that a follower asks for says what it has: that is the acknowledgement.',
    rules: 'R-52, R-68, R-40',
    probe: (witness) => {
      let fromMs = -1
      let untilMs = -1
      let fetchedMs = -1
      let raised = 0
      let raisedByFetch = 0
      let written = 0
      const got: number[] = []
      witness.on('fault-applied', (_, atMs) => (fromMs = atMs))
      witness.on('fault-healed', (_, atMs) => (untilMs = atMs))
      witness.on('follower-fetched', (_, atMs) => (fetchedMs = atMs))
      witness.on('log-appended', ({ broker, firstOffset, lastOffset }, atMs) => {
        if (fromMs < 0 || untilMs >= 0) return
        if (broker === LEADER) written += lastOffset - firstOffset + 1
        if (broker === SLOW) got.push(atMs)
      })
      witness.on('high-watermark-changed', ({ broker }, atMs) => {
        if (broker !== LEADER) return
        raised += 1
        if (fetchedMs === atMs) raisedByFetch += 1
      })
      return () => {
        const late = got.filter((atMs) => atMs - fromMs > 1000).length
        const last = got.at(-1)
        const facts = [
          `for ${seconds(untilMs - fromMs)} no request of broker ${SLOW} arrived, while the way from the leader to it was free`,
          last === undefined
            ? `it got none of the ${written} records written then`
            : `it got the answer to its last fetch, and after ${seconds(last - fromMs)} none of the ${written} records written then`,
          `${raisedByFetch} of ${raised} times that the leader raised the high watermark, it was handling a fetch of a follower`,
        ]
        return { holds: untilMs < 0 || written === 0 ? undefined : late > 0 || raisedByFetch < raised, facts }
      }
    },
  },
]
