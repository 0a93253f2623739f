// `cluster.brokers[].data`: the directory must be there, its logs good to the last byte; and a partition of it must have all
// its replicas on brokers that bring it, so that none begins with less than the others, and these must hold the same.

import type { CheckContext } from '../checks/check-context.ts'
import { firstDifference } from './replicas-agree.ts'
import { ofTopic } from '../checks/possible-values.ts'
import { dataDirectory, type DataFile, type ReadDirectory } from './data-directory.ts'

/** What the brokers begin with; files by broker id. */
export interface BrokerData {
  readonly files: ReadonlyMap<number, readonly DataFile[]>
  /** Producer ids below this are in the data. */
  readonly nextProducerId: number
}

export function checkData(context: CheckContext, read: ReadDirectory | undefined): BrokerData {
  const { brokers } = context.shape.cluster
  const data = new Map<number, readonly DataFile[]>()
  let nextProducerId = 0
  if ('kind' in brokers) return { files: data, nextProducerId }
  const holders = new Map<string, Set<number>>()
  for (const [i, { id, data: dir }] of brokers.entries()) {
    if (dir === undefined) continue
    const report = (message: string) =>
      context.report(['cluster', 'brokers', i, 'data'], { code: 'KS222', message: `data ${dir}: ${message}` })
    if (read === undefined) {
      report('cannot be read here; kafkasim check, run, explain and dump can')
      continue
    }
    const files = read(dir)
    const directory = typeof files === 'string' ? files : dataDirectory(files)
    if (typeof directory === 'string') {
      report(directory)
      continue
    }
    data.set(id, directory.files)
    nextProducerId = Math.max(nextProducerId, directory.nextProducerId)
    for (const partition of directory.partitions) {
      const ids = holders.get(partition) ?? new Set()
      holders.set(partition, ids.add(id))
    }
  }
  for (const [partition, ids] of holders) {
    checkPlacement(context, partition, ids)
    checkAgreement(context, partition, [...ids], data)
  }
  return { files: data, nextProducerId }
}

function checkAgreement(
  context: CheckContext,
  partition: string,
  [first = -1, ...others]: readonly number[],
  data: ReadonlyMap<number, readonly DataFile[]>,
): void {
  const topic = partition.slice(0, partition.lastIndexOf('-'))
  if (ofTopic(context, topic, 'cleanup.policy').some((policy) => String(policy).includes('compact'))) return
  for (const id of others) {
    const offset = firstDifference(partition, data.get(first) ?? [], data.get(id) ?? [])
    if (offset === undefined) continue
    const message = `${partition} has another batch at offset ${offset} in the data of broker ${id} than in that of broker ${first}`
    return context.report(['cluster', 'brokers'], { code: 'KS222', message, suggestion: 'replicas must hold the same' })
  }
}

function checkPlacement(context: CheckContext, partition: string, holders: ReadonlySet<number>): void {
  const dash = partition.lastIndexOf('-')
  const topic = partition.slice(0, dash)
  const index = Number(partition.slice(dash + 1))
  const replicas = context.shape.topics[topic]?.replicas?.[index]
  const are = [...holders].join(', ')
  if (replicas === undefined) {
    const message = `${partition} is in the data of broker ${are}, and topics.${topic}.replicas does not say that it is to be there`
    return context.report(['topics'], { code: 'KS222', message })
  }
  const without = replicas.find((id) => !holders.has(id))
  if (without === undefined) return
  const message = `broker ${without} has no ${partition} in its data, and broker ${are} has: all replicas must begin with it`
  context.report(['topics', topic, 'replicas', index], { code: 'KS222', message })
}
