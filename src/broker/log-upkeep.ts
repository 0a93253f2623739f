// What a broker does to its logs from time to time: old segments go, what has not been synced for long is,
// checkpoints are written, idle producers are forgotten. A log whose directory fails meanwhile is passed
// over: the directory is taken offline by itself.

import { unlessStorageFails } from '../log/storage-error.ts'
import type { BrokerContext } from './broker-context.ts'
import type { Duties } from './duties.ts'
import type { Partition } from './partition.ts'

/** A period that no run lives to see the end of: that of `log.flush.scheduler.interval.ms`, unless it is set. */
const FOR_EVER_MS = 2 ** 40

/** Each first when the broker has run for `log.initial.task.delay.ms`, then periodically. */
export function tendLogs(context: BrokerContext, duties: Duties): void {
  const { config, logs } = context
  const tend = (kind: string, periodMs: number, duty: () => void): void => {
    duties.later(config['log.initial.task.delay.ms'], kind, () => {
      duty()
      if (periodMs < FOR_EVER_MS) duties.repeat(kind, periodMs, duty)
    })
  }
  tend('log-retention', config['log.retention.check.interval.ms'], () => deleteOldSegments(context))
  tend('flush-logs', config['log.flush.scheduler.interval.ms'], () => flushDueLogs(context))
  tend('recovery-point-checkpoint', config['log.flush.offset.checkpoint.interval.ms'], () =>
    logs.checkpointRecoveryPoints(),
  )
  tend('log-start-checkpoint', config['log.flush.start.offset.checkpoint.interval.ms'], () =>
    logs.checkpointLogStartOffsets(),
  )
}

/** Each replica looks at its own log. Compacted logs are the cleaner's business. */
function deleteOldSegments({ host, logs }: BrokerContext): void {
  const nowMs = host.clock.wallMs()
  for (const log of logs.logs()) {
    if (!log.config.compacted) unlessStorageFails(() => log.deleteOldSegments(nowMs))
  }
}

/** `flush.ms`: the logs that were not synced for that long are, one after the other. */
function flushDueLogs({ host, logs }: BrokerContext): void {
  const nowMs = host.clock.wallMs()
  for (const log of logs.logs()) unlessStorageFails(() => log.flushIfDue(nowMs))
}

export function expireProducers({ host, id }: BrokerContext, partitions: Iterable<Partition>): void {
  const nowMs = host.clock.wallMs()
  for (const { key, log } of partitions) {
    const count = log.expireProducers(nowMs)
    if (count > 0) host.trace.emit({ type: 'producers-expired', broker: id, partition: key, count })
  }
}
