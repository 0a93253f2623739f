// Runs the built command line on other Node versions and compares what it does with what is pinned in test/golden:
//   OTHER_NODES=/path/to/node22:/path/to/node24 node scripts/other-nodes.mjs
// Needs `npm run build` before. Exits with 1 if any run differs, or if there is nothing to run on.

import { execFileSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
const golden = new URL('../test/golden/', import.meta.url)
const readJson = (name) => JSON.parse(readFileSync(new URL(name, golden), 'utf8'))

/** The shortened runs of the pinned hashes, and each scenario whole with its last pinned seed. */
const pinned = [
  ...readJson('hashes.json'),
  ...readdirSync(new URL('verdicts/', golden)).map((name) => {
    const { scenario, seed, traceHash } = readJson(`verdicts/${name}`).at(-1)
    return { scenario, seed, set: [], hash: traceHash }
  }),
]

const nodes = (process.env.OTHER_NODES ?? '').split(':').filter((path) => path !== '')
let differing = 0
for (const node of nodes) {
  const version = execFileSync(node, ['--version'], { encoding: 'utf8' }).trim()
  for (const { scenario, seed, set, hash } of pinned) {
    const found = traceHash(node, scenario, seed, set)
    const same = found === hash
    if (!same) differing += 1
    const where = `${version} ${scenario}${set.length > 0 ? ' (short)' : ''} seed ${seed}`
    console.log(`${where}: ${same ? found : `${found}, pinned ${hash}`}`)
  }
}
if (nodes.length === 0) console.error('OTHER_NODES names no node')
process.exitCode = differing > 0 || nodes.length === 0 ? 1 : 0

/** What the exit code says of the scenario is not asked here: a verdict is printed in any case. */
function traceHash(node, scenario, seed, set) {
  const settings = set.flatMap((setting) => ['--set', setting])
  const args = ['dist/kafkasim.js', 'run', `scenarios/${scenario}.yaml`, '--json', '--seed', String(seed), ...settings]
  try {
    return lastHash(execFileSync(node, args, { cwd: root, encoding: 'utf8', stdio: 'pipe' }))
  } catch (error) {
    if (typeof error.stdout === 'string' && error.stdout.startsWith('{')) return lastHash(error.stdout)
    throw error
  }
}

/** Of a matrix the last row's: a verdict a line. */
function lastHash(output) {
  return JSON.parse(output.trimEnd().split('\n').at(-1)).traceHash
}
