// The line that tells the story of one record of a run, made from the line that replays the run.

import type { Verdict } from '../src/scenario/run-result.ts'

const REPLAY = /^(npx )?kafkasim run /
/** As expectations print the first record that breaks them: `first orders-0@4822 (web[0]#4822)`. */
const NAMED = /\bfirst ([\w.-]+-\d+)@(\d+)/

/** Undefined if `reproduce` is no command of ours: who simulates from code has none. Safe to paste into a shell. */
export function recordCommand(reproduce: string, partition: string, offset: number): string | undefined {
  if (!REPLAY.test(reproduce)) return undefined
  // Names of partitions are plain words: a shell takes them as they are.
  return reproduce.replace(REPLAY, (_, npx = '') => `${npx}kafkasim explain --record ${partition}@${offset} `)
}

/** Records that the expectations of a run name, the first of each; a line for each to ask about it. */
export function recordCommands({ expectations, reproduce }: Pick<Verdict, 'expectations' | 'reproduce'>): string[] {
  const commands = expectations.flatMap(({ message }) => {
    const [, partition = '', offset] = NAMED.exec(message) ?? []
    return offset === undefined ? [] : (recordCommand(reproduce, partition, Number(offset)) ?? [])
  })
  return [...new Set(commands)]
}
