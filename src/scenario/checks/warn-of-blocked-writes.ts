// Topics that cannot be written while a broker is away: no replica to spare for the ISR (KS301), or none at all (KS302).

import { formatDuration } from '../text/units.ts'
import type { SourcePath } from '../text/source-tree.ts'
import { modesOf, numbers, ofTopic, replicationFactors } from './possible-values.ts'
import { stopsBrokers, type Trouble } from './troubles.ts'
import { type Grounds, writersOf } from './warning-grounds.ts'

export function warnOfBlockedWrites(grounds: Grounds): void {
  for (const topic of Object.keys(grounds.context.shape.topics)) {
    warnOfMinIsr(grounds, topic)
    warnOfOneReplica(grounds, topic)
  }
}

function warnOfMinIsr(grounds: Grounds, topic: string): void {
  const { context, troubles, placed } = grounds
  const disturbed = troubles.length === 0 || troubles.some((trouble) => stopsBrokers(context, trouble))
  const waits = writersOf(grounds, topic).some((name) => modesOf(context, name).some(({ acks }) => acks === -1))
  // Who seeks the gap knows of it.
  const sought = placed.some(
    ({ expectation: { finds, claim } }) => finds && claim.kind === 'writable' && claim.topic === topic,
  )
  if (!disturbed || !waits || sought) return
  const minimums = numbers(ofTopic(context, topic, 'min.insync.replicas'))
  // A minimum above the number of replicas counts as that number.
  const factor = replicationFactors(context, topic).find((each) => each >= 2 && minimums.some((least) => least >= each))
  if (factor === undefined) return
  const both = `replication.factor ${factor} with min.insync.replicas ${minimums.find((least) => least >= factor)}`
  const message = `${both}: any single broker stop blocks acks=all writes`
  const suggestion = `usual is min.insync.replicas: ${factor - 1}`
  context.report(placeOfFactor(grounds, topic), { code: 'KS301', severity: 'warn', message, suggestion })
}

function warnOfOneReplica(grounds: Grounds, topic: string): void {
  const { context, placed } = grounds
  if (!replicationFactors(context, topic).includes(1)) return
  for (const { expectation } of placed) {
    const { finds, claim, text } = expectation
    if (finds || claim.kind !== 'writable' || claim.topic !== topic) continue
    const trouble = grounds.troubles.find((each) => takesAway(grounds, each, topic) && each.lastsUs > claim.gapUs)
    if (trouble === undefined) continue
    const lasts = trouble.lastsUs === Infinity ? '' : ` (${formatDuration(trouble.lastsUs)})`
    const message = `${topic} has one replica: nobody can lead it while ${trouble.verb}${lasts} lasts, so "${text}" cannot hold`
    context.report(placeOfFactor(grounds, topic), { code: 'KS302', severity: 'warn', message })
  }
}

/** Surely a leader of this topic? */
function takesAway({ context }: Grounds, trouble: Trouble, topic: string): boolean {
  if (!stopsBrokers(context, trouble)) return false
  const everywhere = (context.partitionsOf(topic) ?? 1) >= (context.brokerIds()?.length ?? Infinity)
  return trouble.targets.some((target) => {
    if (target.kind === 'leader') return target.topic === topic
    if (target.kind === 'brokers') return everywhere || target.which === 'all'
    return everywhere && (target.kind === 'broker' || target.kind === 'rack')
  })
}

function placeOfFactor({ context }: Grounds, topic: string): SourcePath {
  const written = context.shape.topics[topic]?.['replication.factor'] !== undefined
  return ['topics', topic, ...(written ? ['replication.factor'] : [])]
}
