// Expectations that could not fail for want of anything to judge (KS304), and consumers that read nothing (KS308). The run
// of such a file ends as vacuous.

import type { Claim, SafetyId } from '../language/expectation.ts'
import { holds } from '../language/metric.ts'
import { modesOf } from './possible-values.ts'
import { type Grounds, writersOf } from './warning-grounds.ts'

export function warnOfNothingToJudge(grounds: Grounds): void {
  const { context } = grounds
  for (const { expectation, path } of grounds.placed) {
    const why = nothingFor(grounds, expectation.claim)
    if (why === undefined) continue
    const message = `"${expectation.text.slice(0, 80)}" has nothing to judge: ${why}`
    context.report(path, { code: 'KS304', severity: 'warn', message })
  }
  for (const [name, { partitions }] of Object.entries(context.shape.consumers ?? {})) {
    const path = ['consumers', name]
    if (typeof partitions === 'object' && partitions.length === 0) {
      const message = `the consumer "${name}" is assigned no partition`
      context.report([...path, 'partitions'], { code: 'KS308', severity: 'warn', message })
    } else if (readsNothing(grounds, name)) {
      const message = `the consumer "${name}" reads what no producer writes: ${topicsOf(grounds, name).join(', ')}`
      context.reportKey(path, { code: 'KS308', severity: 'warn', message })
    }
  }
}

const OF_PRODUCERS: readonly SafetyId[] = [
  'no-acked-loss',
  'no-duplicates-in-log',
  'order-per-partition',
  'order-per-key',
]
const OF_GROUPS: readonly SafetyId[] = [
  'no-duplicate-delivery',
  'no-ownership-overlap',
  'commits-cover-processed',
  'no-rebalance-loop',
  'no-commit-regression',
]
const OF_READERS: readonly SafetyId[] = [
  'no-poll-skip',
  'no-nonmonotonic-poll',
  'no-inconsistent-offsets',
  'no-unseen',
  'no-aborted-reads',
  'no-resurrected-keys',
]

function nothingFor(grounds: Grounds, claim: Claim): string | undefined {
  const { shape } = grounds.context
  const producers = Object.keys(shape.producers ?? {})
  switch (claim.kind) {
    case 'safety': {
      if (OF_PRODUCERS.includes(claim.id) && producers.length === 0) return 'there are no producers'
      if (claim.id === 'no-acked-loss' && !producers.some((name) => isAnswered(grounds, name))) {
        return 'with acks=0 nothing is acknowledged'
      }
      const readers = Object.keys(shape.consumers ?? {}).filter((name) => !readsNothing(grounds, name))
      if (OF_READERS.includes(claim.id) && readers.length === 0)
        return 'there are no consumers that read what is written'
      const groups = Object.values(shape.consumers ?? {}).filter(({ members }) => members !== undefined)
      if (OF_GROUPS.includes(claim.id) && groups.length === 0) return 'there are no groups: consumers with members'
      const asked = Object.keys(shape.monitors ?? {}).length > 0
      return claim.id === 'no-offset-regression' && !asked ? 'there are no monitors, which ask for offsets' : undefined
    }
    case 'writable':
      return nobodyWrites(grounds, claim.topic)
    case 'stable':
      return undefined
    case 'caught-up':
      return readsNothing(grounds, claim.consumer) ? `${claim.consumer} reads what no producer writes` : undefined
    case 'metric': {
      if (claim.metric.kind !== 'latency' && claim.metric.kind !== 'count') return undefined
      if (claim.metric.kind === 'latency') {
        return producers.some((name) => isAnswered(grounds, name)) ? undefined : 'nothing is ever acknowledged'
      }
      // Who says that there is none is right.
      if (holds(0, claim.operator, claim.value)) return undefined
      const { what, of } = claim.metric
      if (what === 'acked') return nobodyWrites(grounds, of)
      return what === 'delivered' && readsNothing(grounds, of) ? `${of} reads what no producer writes` : undefined
    }
    case 'invariant':
    case 'isr-full':
      return undefined
  }
}

function nobodyWrites(grounds: Grounds, topic: string): string | undefined {
  if (isForDeadLetters(grounds, topic)) return undefined
  const writers = writersOf(grounds, topic)
  if (writers.length === 0) return `no producer writes ${topic}`
  return writers.some((name) => isAnswered(grounds, name)) ? undefined : `nothing is acknowledged with acks=0`
}

function isAnswered({ context }: Grounds, producer: string): boolean {
  return modesOf(context, producer).some(({ acks }) => acks !== 0)
}

function readsNothing(grounds: Grounds, consumer: string): boolean {
  const topics = topicsOf(grounds, consumer)
  return (
    topics.length > 0 &&
    topics.every((topic) => writersOf(grounds, topic).length === 0 && !isForDeadLetters(grounds, topic))
  )
}

function topicsOf({ context }: Grounds, consumer: string): readonly string[] {
  const { topic, topics } = context.shape.consumers?.[consumer] ?? {}
  return topics ?? (topic === undefined ? [] : [topic])
}

/** Applications write there what they cannot handle. */
function isForDeadLetters({ context }: Grounds, topic: string): boolean {
  return Object.values(context.shape.consumers ?? {}).some(
    ({ poison }) => typeof poison === 'object' && poison.topic === topic,
  )
}
