// Overlapping faults: each stays in force until it is healed itself, in whatever order they are.

/** The values in force, oldest first. */
export class InForce<T> {
  items: readonly T[] = []
  private entries: readonly { readonly value: T }[] = []

  /** The returned function ends just this one. */
  add(value: T): () => void {
    const entry = { value }
    this.set([...this.entries, entry])
    return () => this.set(this.entries.filter((other) => other !== entry))
  }

  private set(entries: readonly { readonly value: T }[]): void {
    this.entries = entries
    this.items = entries.map((other) => other.value)
  }
}

/** `fn`, but only the first time. */
export function once(fn: () => void): () => void {
  let done = false
  return () => {
    if (done) return
    done = true
    fn()
  }
}
