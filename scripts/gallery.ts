// `npm run gallery`: can the fuzzer, not told what to look for, find each historical defect? For every entry cases are run
// until the first finding. `--write` keeps the table; names of entries run those alone.

import { readFileSync, writeFileSync } from 'node:fs'
import { Cases } from '../src/fuzz/case.ts'
import { GALLERY, type GalleryEntry } from './gallery/entries.ts'

const MOST_RUNS = 1000
const SEED = 1
const TABLE = new URL('../docs/gallery.md', import.meta.url)

const ABOUT = [
  '# What the fuzzer finds of the bug gallery',
  '',
  `Made by \`npm run gallery -- --write\`: for each entry how many cases of seed ${SEED} it took until \`kafkasim fuzz\`, not told what`,
  'to look for, found something that the same case without the defect does not show; or how many were run in vain. One worker.',
  'A row says what was so when it was made: cases that are drawn otherwise since then may need more runs, or fewer.',
]

interface Row {
  readonly entry: GalleryEntry
  readonly foundBy: string
  readonly runs: number
  readonly seconds: number
}

function search(entry: GalleryEntry, mostRuns: number): Row {
  const file =
    entry.base === undefined
      ? undefined
      : { name: entry.base, text: readFileSync(new URL(`./gallery/${entry.base}`, import.meta.url), 'utf8') }
  const { beside = [], breaks } = entry
  const cases = new Cases({ seed: SEED, file, settings: [...beside, ...entry.set], verify: false })
  const plain = new Cases({ seed: SEED, file, settings: beside, verify: false })
  const start = performance.now()
  for (let index = 0; index < mostRuns; index++) {
    // What is not there cannot break; such cases count all the same.
    if (entry.ofGroups === true && !JSON.stringify(cases.draw(index).plain['consumers'] ?? {}).includes('"members"'))
      continue
    const { finding } = cases.report(index)
    if (finding === undefined || finding.kind === 'defect') continue
    const shows = breaks === undefined ? finding.id : finding.broken.find((id) => breaks.includes(id))
    if (shows === undefined) continue
    // What today's code does as well is not what was brought back.
    if (plain.report(index).finding?.signature === finding.signature) continue
    return { entry, foundBy: shows, runs: index + 1, seconds: (performance.now() - start) / 1000 }
  }
  return {
    entry,
    foundBy: entry.why === undefined ? 'not found' : `not found: ${entry.why}`,
    runs: mostRuns,
    seconds: (performance.now() - start) / 1000,
  }
}

function line({ entry, foundBy, runs, seconds }: Row): string {
  return `| ${entry.id} | ${[...entry.set, ...(entry.beside ?? []).map((setting) => `beside ${setting}`), entry.base ?? ''].filter(Boolean).join(', ')} | ${foundBy} | ${runs} | ${seconds.toFixed(1)} |`
}

const args = process.argv.slice(2)
const most = Number(args.find((arg) => arg.startsWith('--runs='))?.slice('--runs='.length) ?? MOST_RUNS)
const named = args.filter((arg) => !arg.startsWith('--'))
const head = ['| entry | what is set | found by | runs | seconds |', '|---|---|---|---|---|']
console.log(head.join('\n'))
const rows: string[] = []
for (const entry of GALLERY) {
  if (named.length > 0 && !named.includes(entry.id)) continue
  const text = line(search(entry, most))
  console.log(text)
  rows.push(text)
}
if (args.includes('--write')) writeFileSync(TABLE, `${[...ABOUT, '', ...head, ...rows].join('\n')}\n`)
