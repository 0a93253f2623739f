// What the command line needs of the machine, apart from files: handed in, so that tests run commands in-process.

export interface Io {
  readonly stdout: Output
  readonly stderr: Output
  readonly env: Readonly<Record<string, string | undefined>>
  /** Absolute. */
  readonly cwd: string
  /** Where this package's package.json is. Absolute. */
  readonly packageRoot: string
  /** What runs this: for reports of defects, e.g. `Node 20.20.2, linux-x64`. */
  readonly platform: string
  /** Milliseconds on a clock that only runs forward. */
  nowMs(): number
  /**
   * Calls once, with the first that comes; the next does what it does to any program. Returns what ends the listening.
   * Without it nobody can interrupt.
   */
  onStopSignal?(listener: (signal: StopSignal) => void): () => void
}

export type StopSignal = 'SIGINT' | 'SIGTERM'

export interface Output {
  write(text: string): void
  readonly isTTY: boolean
  /** Of the terminal, if it is one. */
  readonly columns: number | undefined
}

const DEFAULT_COLUMNS = 100

/** How wide reports on `output` may be. */
export function columnsOf(io: Io, output: Output): number {
  const fromEnv = /^\d{1,4}$/.test(io.env['COLUMNS'] ?? '') ? Number(io.env['COLUMNS']) : undefined
  const columns = (output.isTTY ? output.columns : undefined) ?? fromEnv ?? DEFAULT_COLUMNS
  return Math.min(160, Math.max(60, columns))
}

/** 0 for none, 1 for the basic colours. `NO_COLOR` beats `FORCE_COLOR`, which beats what the output is. */
export function colourLevel(io: Io, output: Output): 0 | 1 {
  const { NO_COLOR, FORCE_COLOR, TERM } = io.env
  if (NO_COLOR !== undefined && NO_COLOR !== '') return 0
  if (FORCE_COLOR !== undefined && FORCE_COLOR !== '') return FORCE_COLOR === '0' || FORCE_COLOR === 'false' ? 0 : 1
  return output.isTTY && TERM !== 'dumb' ? 1 : 0
}

/** The same machine, with colours wanted or unwanted whatever its environment says. */
export function coloured(io: Io, wanted: boolean): Io {
  return changed(io, { env: { ...io.env, NO_COLOR: wanted ? undefined : '1', FORCE_COLOR: wanted ? '1' : undefined } })
}

/** The same machine, with what is printed going elsewhere. */
export function printingTo(io: Io, stdout: Output): Io {
  return changed(io, { stdout })
}

function changed(io: Io, changes: Partial<Io>): Io {
  const { stdout, stderr, env, cwd, packageRoot, platform } = io
  return {
    stdout,
    stderr,
    env,
    cwd,
    packageRoot,
    platform,
    nowMs: () => io.nowMs(),
    ...(io.onStopSignal && { onStopSignal: io.onStopSignal.bind(io) }),
    ...changes,
  }
}
