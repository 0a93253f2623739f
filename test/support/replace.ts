// Puts a broken part in the place of a good one, until the test is over.

import { onTestFinished } from 'vitest'

/**
 * As `vi.spyOn`, without a memory of every call. What was there comes back after the test: said to the test itself, for files
 * share this module, and a hook of it would be one of the first file alone.
 */
export function replace<T extends object, K extends keyof T>(where: T, name: K, by: T[K]): void {
  const before = where[name]
  where[name] = by
  // The last is undone first.
  onTestFinished(() => {
    where[name] = before
  })
}
