// What the exit status says (a contract: design, section 8).

export const EXIT = {
  /** All expectations met. */
  ok: 0,
  /** An expectation or invariant failed, or the run is stuck or vacuous. */
  failed: 1,
  /** The input is at fault: a flag, a file, a scenario. */
  badInput: 2,
  /** A defect in kafkasim itself. */
  defect: 3,
  /** `--verify` found two runs that differ. */
  differs: 4,
  /** SIGINT ended it before its time: 128 and the number of the signal, as shells have it. */
  interrupted: 130,
  /** The same by SIGTERM. */
  terminated: 143,
} as const

export type ExitCode = (typeof EXIT)[keyof typeof EXIT]

/** In the words of help. */
export const EXIT_CODES: Readonly<Record<ExitCode, string>> = {
  0: 'as expected',
  1: 'not as expected: an expectation or an invariant failed, or nothing was proven',
  2: 'bad input: a flag, a file, a scenario',
  3: 'a defect in kafkasim itself',
  4: 'two runs that should be the same differ (--verify)',
  130: 'interrupted (Ctrl-C); what was found until then is told',
  143: 'the same by SIGTERM',
}

/** Of several: the more a code casts doubt on everything else, the higher it is. */
export function worst(codes: Iterable<ExitCode>): ExitCode {
  let found: ExitCode = EXIT.ok
  for (const code of codes) if (code > found) found = code
  return found
}
