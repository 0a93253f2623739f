import { BaseSequencer, type TestSpecification } from 'vitest/node'
import { defineConfig } from 'vitest/config'

/** What takes longest, longest first: begun last, each would keep one core busy while the others wait. */
const LONG = [
  'golden/rows',
  'golden/verdicts',
  'scenario/gallery',
  'readme',
  'scenario/bugs',
  'cli/init',
  'cli/fuzz',
  'buggify/points',
]

class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const rank = ({ moduleId }: TestSpecification): number => {
      const at = LONG.findIndex((name) => moduleId.endsWith(`test/${name}.test.ts`))
      return at < 0 ? LONG.length : at
    }
    return (await super.sort(files)).toSorted((a, b) => rank(a) - rank(b))
  }
}

/** Files that put other modules in place of ours (`vi.mock`). */
const ALONE = ['test/determinism/shuffled.test.ts', 'test/invariants/world.test.ts']

// Files share a process and what it has loaded and compiled, which takes half of the work away: so no test may leave
// anything behind. Those that replace modules have a process each.
export default defineConfig({
  test: {
    setupFiles: ['test/setup.ts'],
    testTimeout: 60_000,
    // Every core: left alone, one is kept free, which on two of them doubles the time.
    maxWorkers: '100%',
    sequence: { sequencer: LongestFirst },
    projects: [
      { extends: true, test: { name: 'shared', include: ['test/**/*.test.ts'], exclude: ALONE, isolate: false } },
      { extends: true, test: { name: 'alone', include: ALONE, isolate: true } },
    ],
  },
})
