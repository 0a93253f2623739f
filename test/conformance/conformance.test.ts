// Our brokers and controller beside a real Kafka: the same questions, its recorded answers (conformance/README.md).

import { describe, expect, it } from 'vitest'
import { JUDGES } from '../../conformance/judges.ts'
import { builtAfterAll, describeFinding, judge, withoutIndexes } from '../../conformance/judgement.ts'
import { KNOWN_DIFFERENCES, NOT_BUILT } from '../../conformance/known-differences.ts'
import { PLAYS } from '../../conformance/plays.ts'

/** Fewer would mean that a chapter was lost. */
const LEAST_QUESTIONS = 540

describe.each(JUDGES)('our $ours beside Kafka $kafka', ({ kafka, ours }) => {
  const { findings, compared, unrecorded } = judge({ kafka, ours })
  const known = KNOWN_DIFFERENCES.filter((difference) => difference.kafka?.includes(kafka) ?? true)
  const chapters = PLAYS.flatMap((play) =>
    play.chapters
      .slice(1)
      .filter(({ name }) => !NOT_BUILT.includes(name))
      .map(({ name }) => `${play.name}: ${name}`),
  )

  it.each(chapters)('answers as Kafka does: %s', (chapter) => {
    const unexpected = findings.filter((finding) => finding.known === undefined)
    const here = unexpected.filter((finding) => `${finding.play}: ${finding.chapter}` === chapter)
    expect(here.map(describeFinding)).toEqual([])
    expect(compared.get(chapter)).toBeGreaterThan(0)
  })

  it('and was asked what was recorded; else record again: npm run conformance', () => {
    expect(unrecorded).toEqual([])
    const questions = [...compared.values()].reduce((sum, count) => sum + count, 0)
    expect(questions).toBeGreaterThan(LEAST_QUESTIONS)
  })

  it('what is not built still is not; else take it out of the list', () => {
    expect(builtAfterAll({ kafka, ours })).toEqual([])
  })

  it('what is known to differ still does; else take it out of the list', () => {
    const gone = known.flatMap((difference) =>
      difference.titles.flatMap((title) =>
        difference.fields
          .filter(
            (field) =>
              !findings.some(
                (finding) =>
                  finding.known === difference &&
                  finding.title === title &&
                  withoutIndexes(finding.difference.path) === field,
              ),
          )
          .map((field) => `${difference.chapter}: ${title}: ${field}`),
      ),
    )
    expect(gone).toEqual([])
  })
})
