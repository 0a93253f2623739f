// `kafkasim explain --record`: runs a scenario and tells the story of one record of it.

import { Chalk } from 'chalk'
import { recordStoryReport } from '../../../reports/terminal/record-story.ts'
import { parseRecordQuery, QUERY_FORMS, type RecordQuery } from '../../scenario/story/record-query.ts'
import { tellStory } from '../../scenario/story/tell-story.ts'
import { DEFAULT_SEED } from '../default-seed.ts'
import type { Engine } from '../engine-interface.ts'
import { EXIT, type ExitCode } from '../exit-codes.ts'
import { flag, once, parseSeed, parseUntil, settingsOf } from '../flags.ts'
import { colourLevel, columnsOf, type Io } from '../io.ts'
import { loadOne } from '../one-scenario.ts'
import { Progress } from '../progress.ts'
import { replayCommand } from '../replay-command.ts'
import { UsageError } from '../usage-error.ts'

export interface RecordRequest {
  readonly query: RecordQuery
  readonly file: string
  readonly seed: number | undefined
  readonly settings: readonly string[]
  readonly row: string | undefined
  /** As typed, and in µs. */
  readonly until: string | undefined
  readonly untilUs: number | undefined
  readonly json: boolean
}

/** `args` are flags as the parser leaves them. */
export function recordRequest(
  record: string,
  operands: readonly string[],
  args: Readonly<Record<string, unknown>>,
): RecordRequest {
  const query = parseRecordQuery(record)
  if (query === undefined) throw new UsageError(`--record ${record}: expected ${QUERY_FORMS}`)
  const [file, ...more] = operands
  if (file === undefined) throw new UsageError('explain --record needs the scenario file that it is a record of')
  if (more.length > 0) throw new UsageError(`explain --record takes one file, not ${operands.length}`)
  const seed = once(args, 'seed')
  const until = once(args, 'until')
  return {
    query,
    file,
    seed: seed === undefined ? undefined : parseSeed(seed),
    settings: settingsOf(args),
    row: once(args, 'row'),
    until,
    untilUs: until === undefined ? undefined : parseUntil(until),
    json: flag(args, 'json'),
  }
}

export function explainRecord(request: RecordRequest, io: Io, engine: Engine): ExitCode {
  const { query, file, untilUs } = request
  const scenario = loadOne(request, 'explain --record', io, engine)
  if (scenario === undefined) return EXIT.badInput
  const seed = request.seed ?? scenario.seed ?? DEFAULT_SEED
  const progress = new Progress(io, !request.json)
  const result = tellStory(query, (watch) => {
    const done = engine.run(scenario, {
      seed,
      reproduce: replayCommand(request, file, seed, scenario.row),
      ...(untilUs !== undefined && { untilUs }),
      // The story needs no judgement, and the run is the same without it.
      invariants: false,
      watch,
      onProgress: (nowUs, endUs, events) => progress.update(`${file}  seed ${seed}`, nowUs, endUs, events),
    })
    progress.clear()
    return done
  })
  if (!result.ok) throw new UsageError(`--record: ${result.problem}`)
  const { story } = result
  io.stdout.write(
    request.json
      ? `${JSON.stringify(story)}\n`
      : recordStoryReport(story, {
          chalk: new Chalk({ level: colourLevel(io, io.stdout) }),
          columns: columnsOf(io, io.stdout),
        }),
  )
  return EXIT.ok
}
