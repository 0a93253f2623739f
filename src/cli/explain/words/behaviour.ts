// What can be broken and what can be switched: faults, switches, buggify points.

import { BUGGIFY_POINTS, type BuggifyPoint } from '../../../buggify/points.ts'
import { FAULT_VERBS, faultSchema, type FaultVerb } from '../../../scenario/faults/fault-schema.ts'
import { type SwitchDefinition, SWITCHES } from '../../../switches/switches.ts'
import { byRelease, descriptionOf } from '../../catalogue-texts.ts'
import type { WordSource } from './source.ts'

export const FAULT_WORDS: WordSource = {
  words: FAULT_VERBS,
  explain: (word, scenarios) =>
    FAULT_VERBS.filter((verb) => verb === word).map((verb: FaultVerb) => ({
      kind: 'fault',
      name: verb,
      says: descriptionOf(faultSchema.shape[verb]),
      facts: [
        { label: 'when', text: '`at:` a time from the start, or `when:` something happens' },
        { label: 'how long', text: '`for:` a time, if it can be healed; `forever: true` to let it stay' },
      ],
      example: null,
      scenarios: scenarios.withKey(verb),
    })),
}

export const SWITCH_WORDS: WordSource = {
  words: Object.keys(SWITCHES),
  explain: (word, scenarios) =>
    Object.entries<SwitchDefinition>(SWITCHES).flatMap(([name, row]) =>
      name !== word
        ? []
        : [
            {
              kind: 'switch',
              name,
              says: `${row.says.slice(0, 1).toUpperCase()}${row.says.slice(1)}.`,
              facts: [
                { label: 'value', text: byRelease(row) },
                { label: 'rule', text: row.rule },
                { label: 'changed by', text: row.changedBy },
                ...(row.breaks.length === 0 ? [] : [{ label: 'may break', text: row.breaks.join(', ') }]),
              ],
              example: `switches:\n  ${name}: ${String(row.values[1])}`,
              scenarios: scenarios.withKey(name),
            },
          ],
    ),
}

export const BUGGIFY_WORDS: WordSource = {
  words: Object.keys(BUGGIFY_POINTS),
  explain: (word) =>
    Object.entries<BuggifyPoint>(BUGGIFY_POINTS).flatMap(([name, { where, what, why }]) =>
      name !== word
        ? []
        : [
            {
              kind: 'buggify point',
              name,
              says: `${what.slice(0, 1).toUpperCase()}${what.slice(1)}.`,
              facts: [
                { label: 'where', text: where },
                { label: 'why', text: why },
              ],
              example: null,
              scenarios: [],
            },
          ],
    ),
}
