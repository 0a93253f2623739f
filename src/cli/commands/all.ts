// All commands, in the order in which help names them.

import type { Command } from '../command.ts'
import { checkCommand } from './check.ts'
import { completionCommand } from './completion.ts'
import { dumpCommand } from './dump.ts'
import { explainCommand } from './explain.ts'
import { fuzzCommand } from './fuzz.ts'
import { initCommand } from './init.ts'
import { listCommand } from './list.ts'
import { mythCommand } from './myth.ts'
import { runCommand } from './run.ts'
import { schemaCommand } from './schema.ts'

export const COMMANDS: readonly Command[] = [
  runCommand,
  fuzzCommand,
  checkCommand,
  explainCommand,
  dumpCommand,
  mythCommand,
  listCommand,
  initCommand,
  schemaCommand,
  completionCommand,
]
