// Gives out producer ids from blocks the controller hands to this broker (P-15).

import { Errors } from '../protocol/error-codes.ts'
import type { ControllerChannel } from './broker-context.ts'

export class ProducerIdManager {
  private readonly brokerId: number
  private readonly channel: ControllerChannel
  private readonly brokerEpoch: () => number
  private nextId = 0
  private endOfBlock = 0
  private asking = false
  private waiting: ((producerId: number) => void)[] = []

  constructor(brokerId: number, channel: ControllerChannel, brokerEpoch: () => number) {
    this.brokerId = brokerId
    this.channel = channel
    this.brokerEpoch = brokerEpoch
  }

  /** Hands over an id nobody had before; −1 if the controller refuses to give a block now. */
  next(then: (producerId: number) => void): void {
    if (this.nextId < this.endOfBlock) return then(this.nextId++)
    this.waiting.push(then)
    if (!this.asking) this.askForBlock()
  }

  private askForBlock(): void {
    this.asking = true
    const body = { brokerId: this.brokerId, brokerEpoch: this.brokerEpoch() }
    this.channel.send('AllocateProducerIds', body, (response) => {
      this.asking = false
      if (response.errorCode === Errors.NONE) {
        this.nextId = response.producerIdStart
        this.endOfBlock = response.producerIdStart + response.producerIdLen
      }
      const waiting = this.waiting
      this.waiting = []
      for (const then of waiting) then(this.nextId < this.endOfBlock ? this.nextId++ : -1)
    })
  }
}
