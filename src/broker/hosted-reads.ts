// The read of one partition of a fetch, if its replica is here and its log can be read.

import { isStorageError } from '../log/storage-error.ts'
import { Errors } from '../protocol/error-codes.ts'
import type { BrokerContext } from './broker-context.ts'
import { type FetchItem, type FetchParams, FetchResult } from './fetch-types.ts'
import { type HostedPartitions, notHostedError } from './hosted-partitions.ts'

export function readHosted(
  context: BrokerContext,
  hosted: HostedPartitions,
  params: FetchParams,
  { topic, topicId, asked }: FetchItem,
  maxBytes: number,
  minOneBatch: boolean,
  arrived: boolean,
): FetchResult {
  const partition = hosted.get(topic, asked.partition)
  if (partition === undefined) return FetchResult.refused(notHostedError(context, topic, asked.partition))
  if (partition.topicId !== topicId) return FetchResult.refused(Errors.INCONSISTENT_TOPIC_ID)
  try {
    return partition.fetch(params, asked, maxBytes, minOneBatch, arrived)
  } catch (problem) {
    if (!isStorageError(problem)) throw problem
    return FetchResult.refused(Errors.KAFKA_STORAGE_ERROR)
  }
}
