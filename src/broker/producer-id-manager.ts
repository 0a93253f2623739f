// Gives out producer ids from blocks the controller hands to this broker (P-15). The next block is asked for when nine
// tenths of this one are gone; whoever comes while there is no id is told to come back, and waits for nothing.

import { Errors } from '../protocol/error-codes.ts'
import type { ControllerChannel } from './broker-context.ts'

/** Share of a block after which the next one is asked for. */
const PREFETCH_TENTHS = 9

interface Block {
  readonly start: number
  readonly length: number
}

const EMPTY_BLOCK: Block = Object.freeze({ start: 0, length: 0 })

export class ProducerIdManager {
  private readonly brokerId: number
  private readonly channel: ControllerChannel
  private readonly brokerEpoch: () => number
  private current = EMPTY_BLOCK
  private given = 0
  private nextBlock: Block | undefined
  private asking = false

  constructor(brokerId: number, channel: ControllerChannel, brokerEpoch: () => number) {
    this.brokerId = brokerId
    this.channel = channel
    this.brokerEpoch = brokerEpoch
  }

  /** An id nobody had before; −1 while none is at hand. */
  next(): number {
    if (this.given === this.current.length && !this.openNextBlock()) {
      this.askForBlock()
      return -1
    }
    const producerId = this.current.start + this.given
    if (this.given * 10 >= this.current.length * PREFETCH_TENTHS) this.askForBlock()
    this.given += 1
    return producerId
  }

  private openNextBlock(): boolean {
    if (this.nextBlock === undefined) return false
    this.current = this.nextBlock
    this.given = 0
    this.nextBlock = undefined
    return this.current.length > 0
  }

  private askForBlock(): void {
    if (this.asking || this.nextBlock !== undefined) return
    this.asking = true
    const body = { brokerId: this.brokerId, brokerEpoch: this.brokerEpoch() }
    this.channel.send('AllocateProducerIds', body, ({ errorCode, producerIdStart, producerIdLen }) => {
      this.asking = false
      if (errorCode === Errors.NONE) this.nextBlock = { start: producerIdStart, length: producerIdLen }
    })
  }
}
