// The line that tells the story of one record of a run, made from the line that replays the run.

const REPLAY = /^(npx )?kafkasim run /

/** Undefined if `reproduce` is no command of ours: who simulates from code has none. Safe to paste into a shell. */
export function recordCommand(reproduce: string, partition: string, offset: number): string | undefined {
  if (!REPLAY.test(reproduce)) return undefined
  // Names of partitions are plain words: a shell takes them as they are.
  return reproduce.replace(REPLAY, (_, npx = '') => `${npx}kafkasim explain --record ${partition}@${offset} `)
}
