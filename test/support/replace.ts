// Puts a broken part in the place of a good one, until the test is over.

import { afterEach } from 'vitest'

const undo: (() => void)[] = []

/** As `vi.spyOn`, without a memory of every call. What was there comes back after the test. */
export function replace<T extends object, K extends keyof T>(where: T, name: K, by: T[K]): void {
  const before = where[name]
  where[name] = by
  undo.push(() => {
    where[name] = before
  })
}

afterEach(() => {
  for (const again of undo.splice(0).toReversed()) again()
})
