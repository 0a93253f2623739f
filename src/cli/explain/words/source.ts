// One catalogue that `kafkasim explain` looks words up in.

import type { WordExplanation } from '../../../../reports/explanation.ts'
import type { ScenarioTexts } from '../scenario-texts.ts'

export interface WordSource {
  /** Every word that it knows; capitals are as people should write them. */
  readonly words: readonly string[]
  /** Of one of its words. */
  readonly explain: (word: string, scenarios: ScenarioTexts) => readonly WordExplanation[]
}
