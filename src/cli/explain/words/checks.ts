// What is checked: invariants (by id or rule), expectations, marks, and the diagnostics of files.

import type { NamedExplanation } from '../../../../reports/explanation.ts'
import { CONFIG_RULES } from '../../../config/rules.ts'
import type { Assumption } from '../../../invariants/assumptions.ts'
import { INVARIANTS } from '../../../invariants/index.ts'
import { KNOWN_UPSTREAM } from '../../../invariants/known-upstream.ts'
import { MARKS } from '../../../marks/index.ts'
import { DIAGNOSTICS, docsOf, type DiagnosticPage, isDiagnosticCode } from '../../../scenario/text/diagnostics.ts'
import { EXPECTATION_PAGES, type ExpectationPage } from './expectation-pages.ts'
import type { WordSource } from './source.ts'

export const INVARIANT_WORDS: WordSource = {
  words: [...new Set(INVARIANTS.flatMap(({ id, rule }) => [id, rule]))],
  explain: (word, scenarios) =>
    INVARIANTS.filter(({ id, rule }) => id === word || rule === word).map(({ id, rule, statement, assumes }) => ({
      kind: 'invariant',
      name: id,
      says: statement,
      facts: [
        { label: 'rule', text: rule },
        { label: 'checked', text: 'after every event, in every run' },
        ...(assumes.length === 0
          ? []
          : [{ label: 'excused', text: `after ${assumes.map((each) => EXCUSES[each]).join('; ')}` }]),
      ],
      example: `expect:\n  - finds: ${id}`,
      scenarios: scenarios.withWord(id),
    })),
}

export const EXPECTATION_WORDS: WordSource = {
  words: Object.keys(EXPECTATION_PAGES),
  explain: (word, scenarios) => {
    const page = Object.entries<ExpectationPage>(EXPECTATION_PAGES).find(([name]) => name === word)?.[1]
    if (page === undefined) return []
    const { says, form, facts = [] } = page
    return [
      {
        kind: 'expectation',
        name: word,
        says,
        facts: facts.map(([label, text]) => ({ label, text })),
        example: `expect:\n  - ${form}`,
        scenarios: scenarios.withWord(word),
      },
    ]
  },
}

export const MARK_WORDS: WordSource = {
  words: MARKS.map(({ id }) => id),
  explain: (word) =>
    MARKS.filter(({ id }) => id === word).map(({ id, rule, statement }) =>
      named('mark', id, statement, [
        ['rule', rule],
        ['counted', 'in every run; no verdict depends on it'],
      ]),
    ),
}

export const DIAGNOSTIC_WORDS: WordSource = {
  words: Object.keys(DIAGNOSTICS),
  explain: (code) => {
    if (!isDiagnosticCode(code)) return []
    const { title, says, bad, good }: DiagnosticPage = DIAGNOSTICS[code]
    return [
      named('diagnostic', code, `${title.slice(0, 1).toUpperCase()}${title.slice(1)}. ${says}`, [
        ['wrong', bad],
        ['right', good],
        ['more', docsOf(code)],
      ]),
    ]
  },
}

export const UPSTREAM_WORDS: WordSource = {
  words: KNOWN_UPSTREAM.map(({ id }) => id),
  explain: (word) =>
    KNOWN_UPSTREAM.filter(({ id }) => id === word).map(({ id, statement, source, why, shownBy }) =>
      named('known upstream', id, statement, [
        ['why', why],
        ['source', source],
        ['shown by', shownBy],
      ]),
    ),
}

export const RULE_WORDS: WordSource = {
  words: Object.keys(CONFIG_RULES),
  explain: (word) => {
    const rule = CONFIG_RULES[word]
    return rule === undefined ? [] : [named('rule', word, rule.says, [['configs', rule.keys.join(', ')]])]
  },
}

/** Of a run in which it was broken: shown, and no failure. */
const EXCUSES: { readonly [A in Assumption]: string } = {
  C1: 'an unclean election that config or an admin permitted',
  C2: 'the loss of bytes that nobody had synced',
  C4: 'a defect that a switch or an old release brings',
  C5: 'a bit of a log that changed of itself (bit rot)',
  C6: 'a disk that lied about syncs',
  'upstream-view': 'a leader forgot a member that it had asked for (KU-1)',
  'upstream-data': 'a leader trusted what it knew in an earlier term (KU-2)',
  'upstream-office': 'a dead or fenced broker was put or left in office (KU-3, KU-4)',
  'upstream-epoch': 'a leader came back to an epoch that it had led',
  'upstream-hole': 'a power loss left a hole in a log (KU-6), or a leader forgot epochs of what it has (KU-10)',
}

function named(
  kind: NamedExplanation['kind'],
  name: string,
  says: string,
  facts: readonly (readonly [string, string])[],
): NamedExplanation {
  return { kind, name, says, facts: facts.map(([label, text]) => ({ label, text })), example: null, scenarios: [] }
}
