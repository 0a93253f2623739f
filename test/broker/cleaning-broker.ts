// A broker that has nothing but logs and a cleaner, in a world of its own.

import { type Disk, type DiskError, World } from '../../sim/index.ts'
import { LogCleaner } from '../../src/broker/log-cleaner.ts'
import { readTextFile } from '../../src/log/checkpoint-file.ts'
import type { LogConfig } from '../../src/log/log-config.ts'
import type { LogDirectory } from '../../src/log/log-directory.ts'
import type { PartitionLog } from '../../src/log/partition-log.ts'
import type { KafkaEvent } from '../../src/trace/kafka-event.ts'
import { keyed, NOW_MS } from '../log/cleaner/batches.ts'
import { COMPACTED } from '../log/cleaner/cleaned-log.ts'
import { oneDirectory } from '../log/one-directory.ts'
import { brokerConfig } from '../support/configs.ts'

const TOPIC_ID = 'AAAAAAAAAAAAAAAAAAAAAQ'
const CHECKPOINT = 'data/cleaner-offset-checkpoint'
export const BACKOFF_MS = 1000

type Settings = Parameters<typeof brokerConfig>[0]

export class CleaningBroker {
  readonly world: World<KafkaEvent>
  readonly events: KafkaEvent[] = []
  /** Of its log directory: the first one takes it offline. */
  readonly failures: DiskError[] = []
  logs!: LogDirectory
  cleaner!: LogCleaner
  private disk!: Disk
  private readonly settings: Settings
  private readonly configs = new Map<string, LogConfig>()

  constructor(settings: Settings = {}) {
    this.settings = settings
    // With a limit it is slow, so that a round lasts longer than nobody looks how much was read (300 ms).
    const syncLatencyUs = { probabilities: [0, 1], values: [9000, 9000] }
    const isLimited = 'log.cleaner.io.max.bytes.per.second' in settings
    this.world = new World<KafkaEvent>({ seed: 1, disk: isLimited ? { syncLatencyUs } : {} })
    this.world.trace.subscribe('all', (event) => void this.events.push(event))
    const process = this.world.addProcess('broker-1', {
      boot: (host) => {
        const configOf = (topic: string) => this.configs.get(topic) ?? COMPACTED
        this.disk = host.disk
        host.disk.onFailure('data', (error) => {
          this.failures.push(error)
          logs.takeOffline('data')
        })
        const logs = oneDirectory({ disk: host.disk, dir: 'data', configOf })
        this.logs = logs.directories().next().value!
        const config = brokerConfig({ 'log.cleaner.backoff.ms': BACKOFF_MS, ...this.settings })
        this.cleaner = new LogCleaner({ host, id: 1, config, logs })
        this.cleaner.wake()
      },
    })
    process.start()
    this.run(0)
  }

  run(ms: number): void {
    this.world.run(this.world.loop.nowUs + ms * 1000)
  }

  /** In a job of the process, as a broker would do it. */
  topic(name: string, config: Partial<LogConfig> = {}): PartitionLog {
    this.configs.set(name, { ...COMPACTED, ...config })
    return this.logs.create(name, 0, TOPIC_ID, this.configs.get(name)!)
  }

  restart(): void {
    const process = this.world.process('broker-1')
    process.crash()
    process.start()
    this.run(0)
  }

  cleanedOf(topic: string): KafkaEvent[] {
    return this.events.filter((event) => event.type === 'log-cleaned' && event.partition === `${topic}-0`)
  }

  filesOf(topic: string): string[] {
    return this.disk.list(`data/${topic}-0`)
  }

  checkpoint(): string {
    return readTextFile(this.disk, CHECKPOINT) ?? ''
  }
}

/** Writes ten keys, `count` records in all, each a batch of about 130 bytes, and commits them. */
export function write(log: PartitionLog, count: number, keys = 10): void {
  for (let i = 0; i < count; i++) log.appendAsLeader(keyed([`k${i % keys}=${'x'.repeat(60)}`]), 0, NOW_MS, 'client')
  log.maybeIncrementHighWatermark(log.logEndOffset)
}
