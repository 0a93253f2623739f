// What `kafkasim init` writes: a scenario that passes for a reason, a property of it that bites when that reason is taken
// away, and a workflow that runs both. Tests run all of it.

export interface StarterFile {
  /** From the folder that is written to. */
  readonly file: string
  readonly says: string
  readonly text: string
}

export const SCENARIO_FILE = 'scenarios/leader-dies.yaml'
export const PROPERTY_FILE = 'test/leader-dies.test.ts'
export const WORKFLOW_FILE = '.github/workflows/kafkasim.yml'

/** `schema` is the path of the JSON Schema from the scenario's folder. */
export function starterFiles(schema: string): readonly StarterFile[] {
  return [
    { file: SCENARIO_FILE, says: 'a cluster, a fault, and what must hold', text: scenario(schema) },
    { file: PROPERTY_FILE, says: 'the same as a property: the leader dies at any moment', text: PROPERTY },
    { file: WORKFLOW_FILE, says: 'both in CI, and a search for trouble at night', text: WORKFLOW },
  ]
}

function scenario(schema: string): string {
  return `# yaml-language-server: $schema=${schema}
#
# Run it:     npx kafkasim run ${SCENARIO_FILE}
# Break it:   npx kafkasim run ${SCENARIO_FILE} --set producers.web.config.acks=1
# Change it:  your racks, your topics, your configs (Kafka's own keys), your faults (npx kafkasim list faults)
name: leader-dies
description: The leader of a partition dies and comes back; no acknowledged record may be lost.
duration: 25s

cluster: { brokers: 3 }
topics:
  orders: { partitions: 1, replication.factor: 3, config: { min.insync.replicas: 2 } }
producers:
  web: { topic: orders, rate: 100/s, config: { acks: all } }
consumers:
  audit: { topic: orders, config: { auto.offset.reset: earliest } }

# Followers that are this far away are always a little behind: what only the leader has, dies with it.
network:
  replication: { latency: 20ms..80ms }
faults:
  - { at: 5s, kill: leader(orders-0), for: 12s }

expect:
  - no-acked-loss
  - no-duplicates-in-log
  - order-per-partition
  - caught-up(audit) within 60s
`
}

const PROPERTY = `// Whenever the leader dies, and for however long: what was acknowledged is still there. A failure names fast-check's seed
// and path, the smallest case it found, and the line that replays that case as a story.

import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { mustPass } from 'kafkasim'
import { it } from 'vitest'

const file = '${SCENARIO_FILE}'
const scenario = readFileSync(new URL(\`../\${file}\`, import.meta.url), 'utf8')

/** Other networks, other timings: one is as good as another, so it is not made smaller. */
const seeds = fc.noShrink(fc.nat())

it('loses nothing that was acknowledged, whenever the leader dies', () => {
  fc.assert(
    fc.property(seeds, fc.integer({ min: 2, max: 9 }), fc.integer({ min: 1, max: 15 }), (seed, at, seconds) => {
      mustPass(scenario, { file, seed, set: [\`faults.0.at=\${at}s\`, \`faults.0.for=\${seconds}s\`] })
    }),
    { numRuns: 20 },
  )
}, 120_000)
`

const WORKFLOW = `name: kafkasim
on:
  push: { branches: [main] }
  pull_request:
  schedule: [{ cron: '17 3 * * *' }]
permissions:
  contents: read
jobs:
  kafkasim:
    runs-on: ubuntu-latest
    timeout-minutes: 30
    steps:
      - uses: actions/checkout@v5
        with: { persist-credentials: false }
      - uses: actions/setup-node@v5
        with: { node-version: 22 }
      - run: npm ci
      - run: npx kafkasim check scenarios --format github
      - run: npx kafkasim run scenarios/*.yaml --seed 1..20 --reporter default,github,junit=reports/kafkasim.xml
      - run: npx vitest run
      - name: look for trouble that nobody thought of
        if: github.event_name == 'schedule'
        run: npx kafkasim fuzz --time 10m --seed \${{ github.run_number }} --reporter default,github
      - uses: actions/upload-artifact@v4
        if: always()
        with:
          name: kafkasim
          if-no-files-found: ignore
          path: |
            reports/
            failures/
`
