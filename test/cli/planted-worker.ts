// A worker whose cases do not run but behave as planted: some crash the thread, some never end, some find something.

import { parentPort } from 'node:worker_threads'
import type { CaseReport, Shrunk } from '../../src/fuzz/case.ts'
import { serveTasks } from '../../src/cli/fuzz-tasks.ts'

const SEEN = { knownUpstream: [], verbs: [], buggified: [], marks: [] }
const NOTHING = { ...SEEN, events: 10, simulatedMs: 1000, traceHash: 'h', differs: undefined }

const planted = {
  report(index: number): CaseReport {
    if (index === 3) process.exit(7)
    if (index === 5) for (;;);
    if (index === 6) throw new Error('planted in case 6')
    return { index, runSeed: index, outcome: 'pass', finding: undefined, size: 1, ...NOTHING }
  },
  shrink(): Shrunk {
    throw new Error('nothing is shrunk here')
  },
}

if (parentPort !== null) serveTasks(parentPort, planted)
