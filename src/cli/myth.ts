// `kafkasim myth`: lists what people are taught, or runs the scenarios that put it to the test.

import { join, relative } from 'node:path'
import { Chalk } from 'chalk'
import { mythList, type MythOptions, mythReport } from '../../reports/terminal/myth.ts'
import { editSuggestion } from '../config/did-you-mean.ts'
import { type Myth, scenarioOf, type UnbuiltMyth } from '../myths/myth.ts'
import { CLAIMS, mythNamed, MYTHS, UNBUILT_MYTHS } from '../myths/myths.ts'
import { type MythRun, runMyth } from '../myths/run-myth.ts'
import { DEFAULT_SEED } from './default-seed.ts'
import type { Engine } from './engine-interface.ts'
import { EXIT, type ExitCode } from './exit-codes.ts'
import { flag, once, parseSeed, settingsOf } from './flags.ts'
import { colourLevel, columnsOf, type Io } from './io.ts'
import { Progress } from './progress.ts'
import { replayCommand } from './replay-command.ts'
import { readScenario } from './scenario-file.ts'
import { UsageError } from './usage-error.ts'

export interface MythRequest {
  /** None: list them. */
  readonly myths: readonly Myth[]
  readonly seed: number
  readonly settings: readonly string[]
  readonly json: boolean
}

/** `args` are flags as the parser leaves them. */
export function mythRequest(operands: readonly string[], args: Readonly<Record<string, unknown>>): MythRequest {
  const all = flag(args, 'all')
  if (all && operands.length > 0) throw new UsageError(`myth takes names or --all, not both`)
  const seed = once(args, 'seed')
  const settings = settingsOf(args)
  if (settings.length > 0 && (all || operands.length !== 1)) {
    throw new UsageError('--set changes the scenario of one myth: name one')
  }
  return {
    myths: all ? MYTHS : operands.map(builtMyth),
    seed: seed === undefined ? DEFAULT_SEED : parseSeed(seed),
    settings,
    json: flag(args, 'json'),
  }
}

export async function myth(request: MythRequest, io: Io, loadEngine: () => Promise<Engine>): Promise<ExitCode> {
  const options: MythOptions = {
    chalk: new Chalk({ level: colourLevel(io, io.stdout) }),
    columns: columnsOf(io, io.stdout),
  }
  if (request.myths.length === 0) {
    io.stdout.write(request.json ? listJson() : mythList(CLAIMS, options))
    return EXIT.ok
  }
  const engine = await loadEngine()
  let code: ExitCode = EXIT.ok
  for (const [i, each] of request.myths.entries()) {
    const result = putToTest(each, request, io, engine)
    if (result === undefined) return EXIT.badInput
    const gap = i === 0 ? '' : '\n'
    io.stdout.write(request.json ? `${JSON.stringify(result)}\n` : `${gap}${mythReport(result, options)}`)
    if (!result.shown) code = EXIT.failed
  }
  if (request.myths.length === MYTHS.length && UNBUILT_MYTHS.length > 0 && !request.json) {
    const left = UNBUILT_MYTHS.map(({ id, needs }) => `${id} (${needs})`).join(', ')
    io.stdout.write(`\nNot built yet: ${left}\n`)
  }
  return code
}

/** Undefined if the scenario cannot be loaded with these settings: what is wrong with it has been told. */
function putToTest(each: Myth, request: MythRequest, io: Io, engine: Engine): MythRun | undefined {
  const { seed, settings } = request
  const path = join(io.packageRoot, scenarioOf(each))
  const fromHere = relative(io.cwd, path)
  const file = fromHere.startsWith('..') ? path : fromHere
  const { scenario, rows, report } = engine.load(file, readScenario(path, io), settings)
  if (report !== '') io.stderr.write(report)
  if (scenario === undefined) return undefined
  const reproduce = replayCommand({ settings, until: undefined }, file, seed)
  const progress = new Progress(io, !request.json)
  const result = runMyth(each, rows ?? [scenario], { seed, reproduce }, (row, { watch }) =>
    engine.run(row, {
      seed,
      reproduce: replayCommand({ settings, until: undefined }, file, seed, row.row),
      // The invariants watch; that they are right is not what is asked here.
      recheck: 'off',
      ...(watch && { watch }),
      onProgress: (nowUs, endUs, events) => progress.update(`${each.id} ${each.slug}`, nowUs, endUs, events),
    }),
  )
  progress.clear()
  return result
}

function builtMyth(typed: string): Myth {
  const found = mythNamed(typed)
  if (found === undefined) throw unknownMyth(typed)
  if (isUnbuilt(found)) {
    throw new UsageError(`${found.id} ${found.slug} cannot be put to the test yet: ${found.needs} is not built`)
  }
  return found
}

function unknownMyth(typed: string): UsageError {
  const meant = editSuggestion(
    typed,
    CLAIMS.map(({ slug }) => slug),
  )
  const ids = `${CLAIMS[0]?.id} to ${CLAIMS.at(-1)?.id}; "kafkasim myth" lists them`
  return new UsageError(`there is no myth "${typed}"; ${meant === undefined ? ids : `did you mean "${meant}"?`}`)
}

function isUnbuilt(found: Myth | UnbuiltMyth): found is UnbuiltMyth {
  return 'needs' in found
}

function listJson(): string {
  return CLAIMS.map((each) => {
    const { id, slug, claim } = each
    return `${JSON.stringify({ id, slug, claim, needs: isUnbuilt(each) ? each.needs : null })}\n`
  }).join('')
}
