// A worker whose cases do not run but behave as planted: some crash the thread, some never end. With --verify one comes out
// otherwise the second time; with seed 2 all is well but what is made smaller.

import { parentPort, workerData } from 'node:worker_threads'
import type { CampaignSetup, CaseReport, Shrunk } from '../../src/fuzz/case.ts'
import { serveTasks } from '../../src/cli/fuzz-tasks.ts'

const SEEN = { knownUpstream: [], verbs: [], buggified: [], marks: [] }
const NOTHING = { ...SEEN, events: 10, simulatedMs: 1000, traceHash: 'h', differs: undefined }

const { setup } = workerData as { readonly setup: CampaignSetup }

/** Found twice, and neither time is there a smaller scenario: the thread dies, or never ends. */
const whenShrunk = {
  report(index: number): CaseReport {
    const signature = `planted: ${index}`
    const message = 'planted'
    const finding = {
      signature,
      kind: 'stuck',
      id: `planted-${index}`,
      message,
      subject: '',
      atMs: 5,
      broken: [],
    } as const
    return { index, runSeed: index, outcome: 'stuck', finding, size: 1, ...NOTHING }
  },
  shrink(index: number): Shrunk {
    if (index === 0) process.exit(9)
    for (;;);
  },
}

const planted = {
  report(index: number): CaseReport {
    if (setup.verify) {
      const differs = index === 2 ? 'other' : undefined
      return { index, runSeed: index, outcome: 'pass', finding: undefined, size: 1, ...NOTHING, differs }
    }
    if (index === 3) process.exit(7)
    if (index === 5) for (;;);
    if (index === 6) throw new Error('planted in case 6')
    return { index, runSeed: index, outcome: 'pass', finding: undefined, size: 1, ...NOTHING }
  },
  shrink(): Shrunk {
    throw new Error('nothing is shrunk here')
  },
}

if (parentPort !== null) serveTasks(parentPort, setup.seed === 2 ? whenShrunk : planted)
