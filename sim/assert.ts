// Assertions stay on. A failed one is a defect of this program, never of its input.

/** Thrown when the simulator finds itself in a state it claims to be impossible. */
export class DefectError extends Error {
  override readonly name = 'DefectError'
}

/** On hot paths write `if (broken) assert(false, …)`: a message made of parts is then put together only when it is needed. */
export function assert(condition: boolean, message: string): asserts condition {
  if (!condition) throw new DefectError(message)
}

/** For the default branch of an exhaustive switch. */
export function unreachable(value: never, what: string): never {
  throw new DefectError(`${what}: unexpected ${String(value)}`)
}
