// Brokers, topics, clients: names that can be used, references that lead somewhere, replicas that fit.

import type { CheckContext, NamedSection } from './check-context.ts'
import { checkGroup } from './check-group.ts'
import { checkProducer } from './check-producer.ts'
import { checkTopicReference } from './check-topic-reference.ts'
import { checkVersions } from './check-versions.ts'
import { extremes, highest } from '../text/draw.ts'
import { formatDuration } from '../text/units.ts'

/** What Kafka allows in topic names, and what client names are made of. */
const NAME = /^[A-Za-z0-9._-]{1,249}$/

export function checkCluster(context: CheckContext): void {
  checkVersions(context)
  checkBrokers(context)
  for (const section of ['topics', 'producers', 'consumers', 'monitors'] as const) checkNames(context, section)
  for (const name of Object.keys(context.shape.topics)) checkTopic(context, name)
  for (const [name, producer] of Object.entries(context.shape.producers ?? {})) {
    checkTopicReference(context, producer.topic, ['producers', name, 'topic'], 'KS142')
    checkProducer(context, name, producer)
  }
  for (const [name, { topic }] of Object.entries(context.shape.monitors ?? {})) {
    checkTopicReference(context, topic, ['monitors', name, 'topic'], 'KS142')
  }
  for (const name of Object.keys(context.shape.consumers ?? {})) checkConsumer(context, name)
  for (const section of ['producers', 'consumers'] as const) checkStarts(context, section)
}

function checkStarts(context: CheckContext, section: 'producers' | 'consumers'): void {
  if (context.isDamaged(['duration'])) return
  const endUs = context.shortestUs()
  for (const [name, { start }] of Object.entries(context.shape[section] ?? {})) {
    if (start === undefined || highest(start) < endUs) continue
    const message = `start: ${formatDuration(highest(start))} is not before the end of the run, ${formatDuration(endUs)}`
    context.report([section, name, 'start'], { code: 'KS205', message })
  }
}

function checkBrokers(context: CheckContext): void {
  const { brokers, racks, controllers } = context.shape.cluster
  if (controllers !== undefined && controllers !== 1) {
    const message = `controllers: ${controllers} is not built yet: there is one dedicated controller`
    context.report(['cluster', 'controllers'], { code: 'KS130', message })
  }
  if (racks?.length === 0) context.report(['cluster', 'racks'], { code: 'KS105', message: 'racks: the list is empty' })
  if ('kind' in brokers) return
  if (brokers.length === 0 && !context.isDamaged(['cluster', 'brokers'])) {
    context.report(['cluster', 'brokers'], { code: 'KS105', message: 'brokers: the list is empty' })
  }
  const seen = new Set<number>()
  for (const [i, { id, rack }] of brokers.entries()) {
    const path = ['cluster', 'brokers', i]
    if (seen.has(id)) context.report([...path, 'id'], { code: 'KS140', message: `two brokers have the id ${id}` })
    seen.add(id)
    if (rack !== undefined && racks !== undefined) {
      const message = 'rack: brokers have racks of their own, or cluster.racks spreads them, not both'
      context.report([...path, 'rack'], { code: 'KS105', message })
    }
  }
}

function checkNames(context: CheckContext, section: NamedSection): void {
  for (const name of context.names(section)) {
    if (NAME.test(name) && name !== '.' && name !== '..') continue
    const message = `"${name}" cannot be a name`
    const suggestion = 'names consist of letters, digits, ".", "_" and "-"'
    context.reportKey([section, name], { code: 'KS140', message, suggestion })
  }
}

function checkTopic(context: CheckContext, name: string): void {
  const topic = context.shape.topics[name]
  const ids = context.brokerIds()
  if (topic === undefined) return
  const path = ['topics', name]
  const factor = topic['replication.factor']
  if (topic.replicas !== undefined) checkReplicas(context, name, topic.replicas, ids)
  else if (ids !== undefined) {
    const byDefault = configNumber(context, 'default.replication.factor') ?? 1
    const most = factor === undefined ? byDefault : highest(factor)
    if (most > ids.length) {
      const message = `replication.factor ${most} needs ${most} brokers, and there are ${ids.length}`
      context.report(factor === undefined ? path : [...path, 'replication.factor'], { code: 'KS141', message })
    }
  }
}

function checkReplicas(
  context: CheckContext,
  name: string,
  replicas: readonly (readonly number[])[],
  ids: readonly number[] | undefined,
): void {
  const path = ['topics', name, 'replicas']
  const { partitions, 'replication.factor': factor } = context.shape.topics[name] ?? {}
  const size = replicas[0]?.length ?? 0
  if (replicas.length === 0 || size === 0) {
    return context.report(path, { code: 'KS141', message: 'replicas: every partition needs at least one broker' })
  }
  if (partitions !== undefined && extremes(partitions).some((n) => n !== replicas.length)) {
    const message = `replicas has ${replicas.length} partitions, and partitions says otherwise`
    context.report(path, { code: 'KS141', message })
  }
  if (factor !== undefined && extremes(factor).some((n) => n !== size)) {
    const message = `replicas has ${size} brokers a partition, and replication.factor says otherwise`
    context.report(path, { code: 'KS141', message })
  }
  for (const [i, brokers] of replicas.entries()) {
    if (brokers.length !== size) {
      const message = `partition ${i} has ${brokers.length} replicas, partition 0 has ${size}`
      context.report([...path, i], { code: 'KS141', message })
    }
    if (new Set(brokers).size !== brokers.length) {
      context.report([...path, i], { code: 'KS141', message: `partition ${i} has a broker twice` })
    }
    for (const [j, id] of brokers.entries()) {
      if (ids === undefined || ids.includes(id)) continue
      context.report([...path, i, j], {
        code: 'KS142',
        message: `no broker ${id}`,
        suggestion: `brokers: ${ids.join(', ')}`,
      })
    }
  }
}

function checkConsumer(context: CheckContext, name: string): void {
  const consumer = context.shape.consumers?.[name]
  if (consumer === undefined || context.isDamaged(['consumers', name])) return
  const path = ['consumers', name]
  const { topic, topics, partitions } = consumer
  if ((topic === undefined) === (topics === undefined || topics.length === 0)) {
    const message = `the consumer "${name}" needs topic or topics${topic === undefined ? '' : ', not both'}`
    return context.reportKey(path, { code: 'KS102', message })
  }
  if (typeof partitions === 'string' && partitions !== 'all') {
    const message = `partitions: expected all or a list of numbers, found "${partitions}"`
    context.report([...path, 'partitions'], { code: 'KS104', message })
  }
  checkGroup(context, name, consumer)
  const read = topics ?? [topic ?? '']
  for (const [i, each] of read.entries()) {
    const at = topics === undefined ? [...path, 'topic'] : [...path, 'topics', i]
    if (!checkTopicReference(context, each, at, 'KS142')) continue
    const count = context.partitionsOf(each)
    for (const [j, partition] of (typeof partitions === 'object' ? partitions : []).entries()) {
      if (count === undefined || partition < count) continue
      const message = `${each} has no partition ${partition}: it has ${count}, counted from 0`
      context.report([...path, 'partitions', j], { code: 'KS142', message })
    }
  }
}

/** A number that the cluster's config fixes; undefined if it does not. */
function configNumber(context: CheckContext, key: string): number | undefined {
  const draw = context.shape.cluster.config?.[key]
  if (draw === undefined) return undefined
  const numbers = extremes(draw).map(Number)
  const [first] = numbers
  return first !== undefined && numbers.every((n) => n === first) && Number.isInteger(first) ? first : undefined
}
