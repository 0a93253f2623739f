// For how long a broker has taken nothing of what was ready for it: what partitioner.availability.timeout.ms goes by
// (KIP-794). It moves on only when the producer looks.

interface Times {
  readyMs: number
  drainedMs: number
}

export class NodeLatency {
  private readonly timeoutMs: number
  private readonly times = new Map<number, Times>()

  /** `timeoutMs` 0: nobody asks. */
  constructor(timeoutMs: number) {
    this.timeoutMs = timeoutMs
  }

  /** There is something for this broker, and it can be sent, or cannot. */
  note(nodeId: number, nowMs: number, canSend: boolean): void {
    if (this.timeoutMs === 0) return
    const times = this.times.get(nodeId)
    if (times === undefined) {
      this.times.set(nodeId, { readyMs: nowMs, drainedMs: nowMs })
      return
    }
    times.readyMs = nowMs
    if (canSend) times.drainedMs = nowMs
  }

  isStalled(nodeId: number): boolean {
    const times = this.times.get(nodeId)
    return this.timeoutMs > 0 && times !== undefined && times.readyMs - times.drainedMs > this.timeoutMs
  }
}
