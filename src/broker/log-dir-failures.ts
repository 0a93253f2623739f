// Which log directories of a broker have failed, and the thread that deals with each, once. Whoever meets the failure
// goes on without the directory; the thread takes its replicas offline, and ends the broker when it was the last one, or the
// one that is meant for the metadata log.

import type { Pool } from '../../sim/index.ts'
import type { KafkaHost } from '../trace/kafka-event.ts'

export interface LogDirFailuresOptions {
  readonly host: KafkaHost
  readonly brokerId: number
  readonly dirs: readonly string[]
  /** Where the metadata log is: a broker does not outlive it. */
  readonly metadataDir: string
  /** Others are left: the replicas of this one are to go offline. */
  readonly onFailure: (dir: string) => void
}

export class LogDirFailures {
  private readonly options: LogDirFailuresOptions
  private readonly failed = new Set<string>()
  private thread: Pool | undefined

  constructor(options: LogDirFailuresOptions) {
    this.options = options
    for (const dir of options.dirs) options.host.disk.onFailure(dir, (error) => this.add(dir, error))
  }

  has(dir: string): boolean {
    return this.failed.has(dir)
  }

  /** Something in it cannot be read or written. */
  add(dir: string, { message }: Error): void {
    if (this.failed.has(dir)) return
    this.failed.add(dir)
    const { host, brokerId, dirs, metadataDir, onFailure } = this.options
    host.trace.emit({ type: 'log-dir-failed', broker: brokerId, dir, reason: message })
    this.thread ??= host.jobs.pool('log-dir-failure', 1)
    this.thread.run('log-dir-failure', () => {
      if (dirs.every((each) => this.failed.has(each))) {
        host.halt(`Shutdown broker because all log dirs in ${dirs.join(', ')} have failed`)
      }
      if (dir === metadataDir) host.halt(`Shutdown broker because the metadata log dir ${dir} has failed`)
      onFailure(dir)
    })
  }
}
