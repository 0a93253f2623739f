// Holds I/O down to a rate: what was done since the last look is compared with the rate, and whoever did too much sleeps
// (`log.cleaner.io.max.bytes.per.second`). One for all threads of a cleaner, as in Kafka.

const CHECK_INTERVAL_MS = 300

export class Throttler {
  private readonly bytesPerSecond: number
  private periodStartMs: number
  private observedBytes = 0

  constructor(bytesPerSecond: number, nowMs: number) {
    this.bytesPerSecond = bytesPerSecond
    this.periodStartMs = nowMs
  }

  /** So many bytes were read or written: how long to sleep now. */
  sleepMs(bytes: number, nowMs: number): number {
    this.observedBytes += bytes
    const elapsedMs = nowMs - this.periodStartMs
    if (elapsedMs <= CHECK_INTERVAL_MS || this.observedBytes === 0) return 0
    const dueMs = (this.observedBytes * 1000) / this.bytesPerSecond
    const sleepMs = Math.max(0, Math.round(dueMs - elapsedMs))
    this.periodStartMs = nowMs + sleepMs
    this.observedBytes = 0
    return sleepMs
  }
}
