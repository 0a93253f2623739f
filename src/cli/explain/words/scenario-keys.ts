// The keys of a scenario file, with where they stand. Fault verbs and switches have catalogues of their own.

import { FAULT_VERBS } from '../../../scenario/faults/fault-schema.ts'
import { allKeys, keyTexts } from '../../../scenario/language/schema-walk.ts'
import { SWITCHES } from '../../../switches/switches.ts'
import type { WordSource } from './source.ts'

export const SCENARIO_KEY_WORDS: WordSource = {
  words: allKeys().filter((key) => !FAULT_VERBS.some((verb) => verb === key) && !Object.hasOwn(SWITCHES, key)),
  explain: (key, scenarios) => {
    const texts = keyTexts(key)
    const [first] = texts
    if (first === undefined) return []
    return [
      {
        kind: 'scenario key',
        name: key,
        says: texts.length === 1 && first.says !== '' ? first.says : 'A key of scenario files.',
        facts:
          texts.length === 1
            ? [{ label: 'in', text: first.place }]
            : texts.map(({ place, says }) => ({ label: place, text: says })),
        example: null,
        scenarios: scenarios.withKey(key),
      },
    ]
  },
}
