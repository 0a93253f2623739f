// The directory name of a replica: `<topic>-<partition>` (S-1). A topic's name may hold dashes too.

export interface PartitionName {
  readonly topic: string
  readonly partition: number
}

/** Its own Raft log, which a broker's log directory only houses. */
const METADATA_TOPIC = '__cluster_metadata'

export function partitionName(topic: string, partition: number): string {
  return `${topic}-${partition}`
}

/** Undefined for what is no replica of a topic: other files, directories on their way out, the metadata log. */
export function parsePartitionName(name: string): PartitionName | undefined {
  const match = /^([a-zA-Z0-9._-]+)-(\d+)$/.exec(name)
  const topic = match?.[1]
  if (topic === undefined || topic === METADATA_TOPIC) return undefined
  const partition = Number(match?.[2])
  return Number.isSafeInteger(partition) ? { topic, partition } : undefined
}
