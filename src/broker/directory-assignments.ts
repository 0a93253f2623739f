// Which of our log directories each replica is in, as the controller is to know (KIP-858): what it does not know yet is told in
// AssignReplicasToDirs, a few together, until it is answered. A broker with one directory has nothing to tell.

import { directoryOf, type PartitionState } from '../metadata/partition-state.ts'
import { Errors } from '../protocol/error-codes.ts'
import type { RequestOf } from '../protocol/messages.ts'
import type { BrokerContext, ControllerChannel } from './broker-context.ts'

/** How long the first waits for others. */
const GATHER_MS = 100
/** After an error of the whole request. */
const RETRY_MS = 500

interface Place {
  readonly topicId: string
  readonly index: number
  readonly directory: string
}

export class DirectoryAssignments {
  private readonly context: BrokerContext
  private readonly channel: ControllerChannel
  /** Not told yet, by topic id and index. */
  private readonly pending = new Map<string, Place>()
  private busy = false
  private closed = false

  constructor(context: BrokerContext, channel: ControllerChannel) {
    this.context = context
    this.channel = channel
  }

  /** Our replica of this partition is in the directory with this id. */
  note(state: PartitionState, directory: string | undefined): void {
    if (directory === undefined || directoryOf(state, this.context.id) === directory) return
    this.pending.set(`${state.topicId} ${state.index}`, { topicId: state.topicId, index: state.index, directory })
    this.soon(GATHER_MS)
  }

  close(): void {
    this.closed = true
  }

  private soon(delayMs: number): void {
    if (this.busy) return
    this.busy = true
    this.context.host.clock.after(delayMs, 'assign-directories', () => this.send())
  }

  private send(): void {
    if (this.closed) return
    const places = [...this.pending.values()]
    this.pending.clear()
    const { id, brokerEpoch } = this.context
    const body = { brokerId: id, brokerEpoch: brokerEpoch(), directories: byDirectory(places) }
    this.channel.send('AssignReplicasToDirs', body, ({ errorCode }) => {
      this.busy = false
      if (errorCode !== Errors.NONE) {
        for (const place of places) this.pending.set(`${place.topicId} ${place.index}`, place)
        this.soon(RETRY_MS)
      } else if (this.pending.size > 0) this.soon(0)
    })
  }
}

function byDirectory(places: readonly Place[]): RequestOf<'AssignReplicasToDirs'>['directories'] {
  return distinct(places.map(({ directory }) => directory)).map((id) => {
    const here = places.filter(({ directory }) => directory === id)
    return {
      id,
      topics: distinct(here.map(({ topicId }) => topicId)).map((topicId) => ({
        topicId,
        partitions: here.filter((place) => place.topicId === topicId).map(({ index }) => ({ partitionIndex: index })),
      })),
    }
  })
}

function distinct(values: readonly string[]): string[] {
  return [...new Set(values)]
}
