// Myths about what an acknowledgement is worth.

import type { Myth } from './myth.ts'
import type { Witness } from './witness.ts'
import { list, seconds } from './seconds.ts'

const P = 'orders-0'

/** Of each batch that a leader acknowledged: who had it then, and the ISR as it was. */
interface Acknowledged {
  readonly atMs: number
  readonly holders: readonly number[]
  readonly isr: readonly number[]
}

function acknowledgements(witness: Witness): readonly Acknowledged[] {
  const seen: Acknowledged[] = []
  witness.on('produce-answered', ({ broker, error, lastOffset }, atMs) => {
    if (error !== null) return
    const isr = witness.replica(broker, P)?.committedIsr ?? []
    seen.push({ atMs, holders: witness.holders(P, lastOffset), isr })
  })
  return seen
}

/** Processes that did not stop of their own accord. */
function deaths(witness: Witness): readonly string[] {
  const dead: string[] = []
  witness.on('fault-applied', ({ verb, targets }) => {
    if (verb === 'kill' || verb === 'power-loss') dead.push(...targets)
  })
  return dead
}

function lossText({ lost, acked }: { readonly lost: number; readonly acked: number }): string {
  return `${lost} of ${acked} acknowledged records lost`
}

export const DURABILITY_MYTHS: readonly Myth[] = [
  {
    id: 'M08',
    slug: 'unsynced-is-lost',
    claim: 'When a leader goes down, all data that it had not synced to disk is lost.',
    verdict: 'false',
    truth:
      'It is lost on that broker. With acks=all every acknowledged record is on the other members of the ISR too, and one of them that lives is enough.',
    rules: 'R-19, R-40, R-74, RI-15',
    probe: (witness) => {
      let leaderLost = false
      witness.on('fault-applied', ({ targets }) => {
        leaderLost = targets.includes(`broker-${witness.committed(P)?.leader}`)
      })
      return ({ verdict, timeline }) => {
        const unsynced = timeline.find(({ subject, text }) => subject === P && text.includes('were not synced'))
        const facts = [unsynced?.text ?? 'nobody lost anything unsynced', lossText(verdict.history)]
        return { holds: unsynced === undefined || !leaderLost ? undefined : verdict.history.lost > 0, facts }
      }
    },
  },
  {
    id: 'M15',
    slug: 'acked-means-all-isr',
    claim: 'A write succeeds only when all members of the ISR have it.',
    verdict: 'false',
    truth: 'Only with acks=all. With acks=1 it succeeds when the leader has it, with acks=0 when it is sent.',
    rules: 'R-35, R-40',
    rows: 'settings',
    probe: (witness) => {
      const acked = acknowledgements(witness)
      return () => {
        const whole = acked.filter(({ holders, isr }) => isr.every((broker) => holders.includes(broker))).length
        const facts = [`${whole} of ${acked.length} batches were on the whole ISR when they were acknowledged`]
        return { holds: acked.length === 0 ? undefined : whole === acked.length, facts }
      }
    },
  },
  {
    id: 'M16',
    slug: 'acks-all-is-all-replicas',
    claim: 'acks=all (or -1) waits for all replicas.',
    verdict: 'false',
    truth:
      'It waits for all members of the ISR as it is now. How small that may be is what min.insync.replicas says; below it writes are refused.',
    rules: 'R-38, R-40, R-74',
    probe: (witness) => {
      const acked = acknowledgements(witness)
      let refused = 0
      witness.on('produce-retried', ({ error }) => {
        if (error === 'NOT_ENOUGH_REPLICAS') refused += 1
      })
      return () => {
        const few = acked.filter(({ holders }) => holders.length < 3)
        const isrs = [...new Set(few.map(({ isr }) => list(isr)))]
        const on = (brokers: number): number => acked.filter(({ holders }) => holders.length === brokers).length
        const facts = [
          `batches acknowledged when 3 brokers had them: ${on(3)}; when 2 had them: ${on(2)}; when 1 had them: ${on(1)}`,
          `those that fewer than 3 had: with ISR ${isrs.join(' or ')}`,
          `batches refused with NOT_ENOUGH_REPLICAS, when the ISR was smaller than min.insync.replicas: ${refused}`,
        ]
        return { holds: acked.length === 0 || refused === 0 ? undefined : few.length === 0, facts }
      }
    },
  },
  {
    id: 'M17',
    slug: 'min-isr-guarantees-copies',
    claim: 'min.insync.replicas=2 guarantees two copies of every acknowledged record.',
    verdict: 'false',
    truth: 'Only of those written with acks=all. acks=1 is not asked about it.',
    rules: 'R-35, R-38, RB-21',
    rows: 'settings',
    probe: (witness) => {
      const acked = acknowledgements(witness)
      return ({ verdict }) => {
        const single = acked.filter(({ holders }) => holders.length < 2).length
        const facts = [
          `${single} of ${acked.length} batches were acknowledged on one broker alone`,
          lossText(verdict.history),
        ]
        return { holds: acked.length === 0 ? undefined : single === 0 && verdict.history.lost === 0, facts }
      }
    },
  },
  {
    id: 'M18',
    slug: 'all-isr-must-die',
    claim: 'With acks=all records are lost only if all members of the ISR die.',
    verdict: 'false',
    truth:
      'The ISR may have shrunk to one, which is enough for min.insync.replicas=1; then an unclean election loses what it alone has, though nobody died.',
    rules: 'R-37, R-65, R-102, RB-20',
    probe: (witness) => {
      const dead = deaths(witness)
      let elected = ''
      witness.onChange(({ leader, leaderEpoch }, before, atMs) => {
        if (leader < 0 || before.isr.includes(leader) || elected !== '') return
        elected = `at ${seconds(atMs)} broker ${leader} was elected (epoch ${leaderEpoch}) with ISR ${list(before.isr)}`
      })
      return ({ verdict }) => {
        const { lost } = verdict.history
        const facts = [
          `processes that died: ${dead.length === 0 ? 'none' : dead.join(', ')}`,
          elected === '' ? 'nobody was elected from outside the ISR' : elected,
          lossText(verdict.history),
        ]
        return { holds: dead.length > 0 ? undefined : lost === 0, facts }
      }
    },
  },
  {
    id: 'M20',
    slug: 'acks-1-is-durable',
    claim: 'acks=1 is durable enough: records are lost only if a leader crashes.',
    verdict: 'false',
    truth:
      'A planned change of leaders loses them as well: the new leader need not have what the old one has just acknowledged.',
    rules: 'R-35, R-92, R-95, R-65, RB-21',
    rows: 'settings',
    probe: (witness) => {
      const dead = deaths(witness)
      let stopped = 0
      let moved = 0
      witness.on('process-changed', ({ process, state }) => {
        if (process.startsWith('broker-') && state === 'stopped') stopped += 1
      })
      witness.onChange(({ leader }, before) => {
        if (leader >= 0 && leader !== before.leader) moved += 1
      })
      return ({ verdict }) => {
        const facts = [
          `clean stops: ${stopped}; crashes: ${dead.length}; changes of leader: ${moved}`,
          lossText(verdict.history),
        ]
        return {
          holds: dead.length > 0 || stopped === 0 || moved === 0 ? undefined : verdict.history.lost === 0,
          facts,
        }
      }
    },
  },
]
