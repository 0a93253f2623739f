// Java's arithmetic, where it is not that of JavaScript.

/** Math.abs of a 32-bit int: the least one has no positive counterpart, and stays. */
export function javaMathAbs(int: number): number {
  return int === -2147483648 ? int : Math.abs(int)
}
