// `kafkasim explain WORD`: what a name that people meet in files, reports and Kafka's documentation stands for. Everything
// that bears the name is told; for a name that nothing bears, a near one.

import { Chalk } from 'chalk'
import type { WordExplanation } from '../../../reports/explanation.ts'
import { wordReport } from '../../../reports/terminal/word-report.ts'
import { editSuggestion } from '../../config/did-you-mean.ts'
import { EXIT, type ExitCode } from '../exit-codes.ts'
import { colourLevel, columnsOf, type Io } from '../io.ts'
import { UsageError } from '../usage-error.ts'
import { ScenarioTexts } from './scenario-texts.ts'
import { BUGGIFY_WORDS, FAULT_WORDS, SWITCH_WORDS } from './words/behaviour.ts'
import {
  DIAGNOSTIC_WORDS,
  EXPECTATION_WORDS,
  INVARIANT_WORDS,
  MARK_WORDS,
  RULE_WORDS,
  UPSTREAM_WORDS,
} from './words/checks.ts'
import { CONFIG_WORDS } from './words/configs.ts'
import { ERROR_WORDS } from './words/errors.ts'
import { SCENARIO_KEY_WORDS } from './words/scenario-keys.ts'
import type { WordSource } from './words/source.ts'

/** In the order in which what has one name is told. */
const SOURCES: readonly WordSource[] = [
  CONFIG_WORDS,
  EXPECTATION_WORDS,
  INVARIANT_WORDS,
  FAULT_WORDS,
  SWITCH_WORDS,
  SCENARIO_KEY_WORDS,
  ERROR_WORDS,
  DIAGNOSTIC_WORDS,
  MARK_WORDS,
  BUGGIFY_WORDS,
  UPSTREAM_WORDS,
  RULE_WORDS,
]

export function explainWord(typed: string, json: boolean, io: Io): ExitCode {
  const found = explanationsOf(typed, new ScenarioTexts(io))
  if (found.length === 0) throw new UsageError(`nothing is called "${typed}"${suggestion(typed)}`)
  io.stdout.write(
    json
      ? found.map((explanation) => `${JSON.stringify(explanation)}\n`).join('')
      : wordReport(found, {
          chalk: new Chalk({ level: colourLevel(io, io.stdout) }),
          columns: columnsOf(io, io.stdout),
        }),
  )
  return EXIT.ok
}

/** Of everything that bears the name; capitals matter only if they tell two names apart. */
export function explanationsOf(typed: string, scenarios: ScenarioTexts): WordExplanation[] {
  const exact = SOURCES.flatMap((source) => (source.words.includes(typed) ? source.explain(typed, scenarios) : []))
  if (exact.length > 0) return exact
  const lower = typed.toLowerCase()
  return SOURCES.flatMap((source) =>
    source.words.filter((word) => word.toLowerCase() === lower).flatMap((word) => source.explain(word, scenarios)),
  )
}

function suggestion(typed: string): string {
  if (/[@#]\d+$/.test(typed)) return `; for the story of a record: kafkasim explain --record '${typed}' FILE`
  if (/\.(ya?ml|json)$/.test(typed)) return `; to see whether a file is right: kafkasim check ${typed}`
  if (/^ks\d+$/i.test(typed)) return '; all codes are in docs/diagnostics.md'
  const words = SOURCES.flatMap((source) => source.words)
  const near = editSuggestion(typed, words)
  if (near !== undefined) return `; did you mean "${near}"?`
  const lower = typed.toLowerCase()
  const containing = lower.length < 3 ? [] : words.filter((word) => word.toLowerCase().includes(lower))
  if (containing.length > 0)
    return `; there are ${containing.slice(0, 5).join(', ')}${containing.length > 5 ? ' …' : ''}`
  return '; it explains Kafka configs and errors, keys of scenarios, expectations, invariants, faults, switches, and codes such as KS305'
}
