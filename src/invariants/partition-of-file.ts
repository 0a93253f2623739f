/** Whose segment a file belongs to: such files are named by an offset. Undefined: nobody's. */
export function partitionOfFile(path: string): string | undefined {
  return /(?:^|\/)([^/]+)\/\d{20}\.\w+$/.exec(path)?.[1]
}
