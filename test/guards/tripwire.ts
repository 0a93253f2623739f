// Makes ambient time and chance throw while something runs: also catches what a dependency does.

type Holder = Record<string, unknown>

const WIRES: readonly [holder: Holder, name: string][] = [
  [globalThis, 'Date'],
  [globalThis, 'setTimeout'],
  [globalThis, 'setInterval'],
  [globalThis, 'setImmediate'],
  [globalThis, 'queueMicrotask'],
  [Math as unknown as Holder, 'random'],
  [performance as unknown as Holder, 'now'],
  [process as unknown as Holder, 'hrtime'],
  [process as unknown as Holder, 'nextTick'],
  [crypto as unknown as Holder, 'randomUUID'],
  [crypto as unknown as Holder, 'getRandomValues'],
]

export function withTripwire<T>(fn: () => T): T {
  const saved = WIRES.map(([holder, name]) => Object.getOwnPropertyDescriptor(holder, name))
  try {
    for (const [holder, name] of WIRES) {
      Object.defineProperty(holder, name, { configurable: true, writable: true, value: tripped(name) })
    }
    return fn()
  } finally {
    WIRES.forEach(([holder, name], i) => {
      const descriptor = saved[i]
      if (descriptor === undefined) delete holder[name]
      else Object.defineProperty(holder, name, descriptor)
    })
  }
}

function tripped(name: string): unknown {
  // A function, not an arrow: only what can be constructed may be trapped by `construct`.
  function trip(): never {
    throw new Error(`ambient ${name} was used while the simulated world ran`)
  }
  return new Proxy(trip, { get: trip, construct: trip, apply: trip })
}
