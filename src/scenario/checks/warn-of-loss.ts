// Settings that cannot keep `no-acked-loss` under the faults of the file: unclean elections (KS303), acks=1 (KS310), an ISR
// that may shrink to one unsynced copy (KS313), all brokers without power (KS314), one replica without power (KS302).

import { keyDefinition } from '../../config/config-tables.ts'
import { isAtLeast } from '../../config/versions.ts'
import { modesOf, numbers, ofTopic, placeOfTopicKey, replicationFactors } from './possible-values.ts'
import { comeInTurn, hitsAllBrokers, leavesTailBehind, mayHitLeader, stopsBrokers } from './troubles.ts'
import { type Grounds, verbsIn, writersOf } from './warning-grounds.ts'

const UNCLEAN = 'unclean.leader.election.enable'

export function warnOfLoss(grounds: Grounds): void {
  for (const topic of Object.keys(grounds.context.shape.topics)) warnOfUncleanElections(grounds, topic)
  if (!grounds.hopesFor('no-acked-loss')) return
  for (const name of Object.keys(grounds.context.shape.producers ?? {})) warnOfAcks1(grounds, name)
  for (const topic of Object.keys(grounds.context.shape.topics)) {
    if (writersOf(grounds, topic).length === 0) continue
    warnOfOneCopy(grounds, topic)
    warnOfOneUnsyncedReplica(grounds, topic)
  }
  warnOfDarkness(grounds)
}

function warnOfUncleanElections(grounds: Grounds, topic: string): void {
  const { context, troubles, hopesFor } = grounds
  const lossMatters = hopesFor('no-acked-loss') && writersOf(grounds, topic).length > 0
  if ((!lossMatters && !hopesFor('no-unclean-election')) || !isReplicated(grounds, topic)) return
  const what = lossMatters ? 'no-acked-loss' : 'no-unclean-election'
  const stops = troubles.filter((trouble) => stopsBrokers(context, trouble))
  for (const { path, unclean } of troubles) {
    if (!unclean || stops.length === 0) continue
    const message = `an unclean election may choose a leader that lacks acknowledged records; "${what}" probably cannot hold`
    context.report(path, { code: 'KS303', severity: 'warn', message })
  }
  const { effectSince } = keyDefinition('topic', UNCLEAN) ?? {}
  const allowed = ofTopic(context, topic, UNCLEAN).includes(true)
  const looked = context.versions().some((version) => effectSince === undefined || isAtLeast(version, effectSince))
  // With one broker gone, one of the ISR is there to lead.
  if (!allowed || !looked || !comeInTurn(context, stops)) return
  const message = `${UNCLEAN} and expect ${what}: under ${verbsIn(stops)} one from outside the ISR may lead, without acknowledged records`
  context.report(placeOfTopicKey(context, topic, UNCLEAN), { code: 'KS303', severity: 'warn', message })
}

function warnOfAcks1(grounds: Grounds, name: string): void {
  const { context, troubles } = grounds
  const producer = context.shape.producers?.[name]
  if (producer === undefined || !modesOf(context, name).some(({ acks }) => acks === 1)) return
  const { topic, config } = producer
  if (!isReplicated(grounds, topic)) return
  const harmful = troubles.filter(
    (trouble) => leavesTailBehind(context, trouble) && mayHitLeader(context, trouble, topic),
  )
  if (harmful.length === 0) return
  const message = `acks=1 and expect no-acked-loss: this cannot hold under ${verbsIn(harmful)}; run will probably FAIL`
  const suggestion = 'say acks: all, or expect the loss: finds: no-acked-loss'
  const path = ['producers', name, ...(config?.['acks'] === undefined ? [] : ['config', 'acks'])]
  context.report(path, { code: 'KS310', severity: 'warn', message, suggestion })
}

/** The ISR may be the leader alone when the power goes. */
function warnOfOneCopy(grounds: Grounds, topic: string): void {
  const { context, troubles } = grounds
  const waits = writersOf(grounds, topic).some((name) => modesOf(context, name).some(({ acks }) => acks === -1))
  const alone = numbers(ofTopic(context, topic, 'min.insync.replicas')).includes(1)
  if (!waits || !alone || !isReplicated(grounds, topic) || isSynced(grounds, topic)) return
  const dark = troubles.filter((each) => each.verb === 'power-loss' && mayHitLeader(context, each, topic))
  const stops = troubles.filter((trouble) => stopsBrokers(context, trouble))
  // Who seeks the loss in other rows of the file knows of it.
  if (isSoughtElsewhere(grounds)) return
  if (dark.length === 0 || dark.some((each) => hitsAllBrokers(context, each)) || !comeInTurn(context, stops)) return
  const message = `min.insync.replicas 1, power-loss and expect no-acked-loss: when the ISR is down to one, acks=all means one copy that no disk has synced`
  const suggestion = 'set min.insync.replicas: 2'
  const path = placeOfTopicKey(context, topic, 'min.insync.replicas')
  context.report(path, { code: 'KS313', severity: 'warn', message, suggestion })
}

function warnOfOneUnsyncedReplica(grounds: Grounds, topic: string): void {
  const { context, troubles } = grounds
  const dark = troubles.some((each) => each.verb === 'power-loss' && mayHitLeader(context, each, topic))
  const acked = writersOf(grounds, topic).some((name) => modesOf(context, name).some(({ acks }) => acks !== 0))
  if (!dark || !acked || !replicationFactors(context, topic).includes(1) || isSynced(grounds, topic)) return
  const message = `${topic} has one replica: what a power-loss takes from its disk nobody else has, so no-acked-loss probably cannot hold`
  const written = context.shape.topics[topic]?.['replication.factor'] !== undefined
  const path = ['topics', topic, ...(written ? ['replication.factor'] : [])]
  context.report(path, { code: 'KS302', severity: 'warn', message })
}

function warnOfDarkness(grounds: Grounds): void {
  const { context, troubles } = grounds
  const topics = Object.keys(context.shape.topics)
  const unsynced = topics.find((topic) => writersOf(grounds, topic).length > 0 && !isSynced(grounds, topic))
  if (unsynced === undefined) return
  for (const trouble of troubles) {
    if (trouble.verb !== 'power-loss' || !hitsAllBrokers(context, trouble)) continue
    const message = `all brokers lose power at once, and expect no-acked-loss: what none of them has synced of ${unsynced} is lost, whatever acks says`
    context.report(trouble.path, {
      code: 'KS314',
      severity: 'warn',
      message,
      suggestion: 'flush.messages: 1 would sync first',
    })
  }
}

function isSoughtElsewhere({ context }: Grounds): boolean {
  return (context.shape.expect ?? []).some((item) => {
    const found = typeof item === 'string' ? [] : [item.finds ?? []].flat()
    return found.some((text) => text.trim() === 'no-acked-loss')
  })
}

function isReplicated({ context }: Grounds, topic: string): boolean {
  return replicationFactors(context, topic).some((factor) => factor > 1)
}

/** Does the leader sync before it answers? */
function isSynced({ context }: Grounds, topic: string): boolean {
  return numbers(ofTopic(context, topic, 'flush.messages')).every((every) => every === 1)
}
