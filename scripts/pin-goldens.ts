// `npm run pin`: runs what is pinned in test/golden again, prints what has changed, of each trace hash the first event and of
// each report the first line that differs, and pins it as it is now. `--check` writes nothing and fails if anything has changed.

import {
  readRecord,
  readRows,
  readVerdicts,
  scenarioNames,
  writeRecord,
  writeRows,
  writeVerdicts,
} from './golden/golden-files.ts'
import { PINNED_REPORTS, reportChanges, ReportRuns, writeReport } from './golden/golden-reports.ts'
import { checkRow, verdictChanges, verdictsNow } from './golden/golden-runs.ts'
import {
  GOLDEN_STORIES,
  goldenStory,
  readStory,
  STORY_COLUMNS,
  storyText,
  writeStory,
} from './golden/golden-stories.ts'

const checkOnly = process.argv.includes('--check')
const changes: string[] = []

const rows = readRows().map((row) => {
  const check = checkRow(row, readRecord(row))
  report(check.changes)
  if (!checkOnly && check.changes.length > 0) writeRecord(check.row, check.record)
  return check.row
})
if (!checkOnly) await writeRows(rows)

for (const scenario of scenarioNames()) {
  const pinned = readVerdicts(scenario)
  const verdicts = verdictsNow(scenario)
  report(
    verdicts.flatMap((verdict) =>
      verdictChanges(
        pinned.find(({ reproduce }) => reproduce === verdict.reproduce),
        verdict,
      ),
    ),
  )
  if (!checkOnly) await writeVerdicts(scenario, verdicts)
}

for (const golden of GOLDEN_STORIES) {
  const story = goldenStory(golden)
  for (const columns of STORY_COLUMNS) {
    const text = storyText(story, columns)
    if (text === readStory(golden.name, columns)) continue
    report([`story of ${golden.record} in ${golden.scenario} (${golden.name}, ${columns} columns)`])
    if (!checkOnly) writeStory(golden.name, columns, text)
  }
}

const reports = new ReportRuns()
for (const pinned of PINNED_REPORTS) {
  const text = reports.textOf(pinned)
  report(reportChanges(pinned, text))
  if (!checkOnly) writeReport(pinned, text)
}

if (changes.length === 0) console.log('nothing has changed')
else if (checkOnly) {
  console.log('If this is meant: npm run pin')
  process.exitCode = 1
}

function report(lines: readonly string[]): void {
  changes.push(...lines)
  for (const line of lines) console.log(line)
}
