// Colours by what they mean. Built from an injected chalk instance, whose level decides whether there is any colour, so
// that nothing here depends on the terminal or on global state. Only the 16 basic colours: they follow the user's theme.

import type { ChalkInstance } from 'chalk'

type Paint = (text: string) => string

export interface Palette {
  readonly good: Paint
  readonly bad: Paint
  /** Worth a look, and no failure: a finding that was sought, something excused. */
  readonly notable: Paint
  /** Something that was done on purpose. */
  readonly injected: Paint
  readonly info: Paint
  readonly heading: Paint
  /** Names that the eye searches for. */
  readonly strong: Paint
  readonly faint: Paint
}

export function palette(chalk: ChalkInstance): Palette {
  return {
    good: (text) => chalk.green(text),
    bad: (text) => chalk.red(text),
    notable: (text) => chalk.yellow(text),
    injected: (text) => chalk.magenta(text),
    info: (text) => chalk.cyan(text),
    heading: (text) => chalk.bold(text),
    strong: (text) => chalk.bold(text),
    faint: (text) => chalk.dim(text),
  }
}
