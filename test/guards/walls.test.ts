// Imports run one way, Node stays in src/cli, and there are no circles (docs/decisions/0001).

import { describe, expect, it } from 'vitest'
import { lint, withPlanted } from './planted.ts'

/** Lowest first; rooms of one line do not know each other's order. */
const ORDER = [
  'sim',
  'src/records',
  'src/protocol',
  'src/buggify',
  'src/network',
  'src/log',
  'src/client',
  'src/broker',
  'src/group',
  'src/controller',
  'src/workload',
  'src/history',
  'src/invariants',
  'src/marks',
  'src/scenario',
  'src/fuzz',
  'src/myths',
  'reports',
  'src/cli',
]

/** The shortest way from a file in one room to another room, as anybody would write it. */
function pathTo(from: string, to: string): string {
  const isNeighbour = from.startsWith('src/') && to.startsWith('src/')
  return isNeighbour ? `../${to.slice('src/'.length)}` : `${'../'.repeat(from.split('/').length)}${to}`
}

/** Plants one file for each pair of rooms, the first importing the second; names the pairs the linter refuses. */
function refused(pairs: readonly (readonly [from: string, to: string])[]): string[] {
  const files: Record<string, string> = {}
  pairs.forEach(([from, to], i) => {
    files[`${from}/planted-${i}.ts`] =
      `import { other } from '${pathTo(from, to)}/other.ts'\nexport const planted = other\n`
    files[`${to}/other.ts`] = 'export const other = 1\n'
  })
  const findings = withPlanted(files, lint)
  return pairs
    .filter(([from], i) => findings.includes(`${from}/planted-${i}.ts:1 eslint(no-restricted-imports)`))
    .map((pair) => pair.join(' → '))
}

const DOWNWARDS = ORDER.flatMap((low, i) => ORDER.slice(i + 1).map((high) => [high, low] as const))

describe('walls', () => {
  it('refuse every import of a higher room', () => {
    const upwards = DOWNWARDS.map(([high, low]) => [low, high] as const)
    expect(refused(upwards)).toEqual(upwards.map((pair) => pair.join(' → ')))
  })

  it('allow every import of a lower room', () => {
    expect(refused(DOWNWARDS)).toEqual([])
  })

  it('stand around the folders within a room as well', () => {
    const files = {
      'src/scenario/planted/up.ts': "import { other } from '../../../reports/other.ts'\nexport const up = other\n",
      'src/scenario/planted/over.ts': "import { other } from '../../fuzz/other.ts'\nexport const over = other\n",
      'src/invariants/planted/up.ts': "import { other } from '../../scenario/planted/up.ts'\nexport const up = other\n",
      'reports/other.ts': 'export const other = 1\n',
      'src/fuzz/other.ts': 'export const other = 1\n',
    }
    const refusals = withPlanted(files, lint).filter((finding) => finding.endsWith('eslint(no-restricted-imports)'))
    expect(refusals.map((finding) => finding.split(':')[0])).toEqual([
      'src/invariants/planted/up.ts',
      'src/scenario/planted/over.ts',
      'src/scenario/planted/up.ts',
    ])
  })

  it('let Node into src/cli only', () => {
    const text = "import { readFileSync } from 'node:fs'\nexport { readFileSync }\n"
    const files = Object.fromEntries(ORDER.map((room) => [`${room}/planted.ts`, text]))
    const found = withPlanted(files, lint)
    const expected = ORDER.filter((room) => room !== 'src/cli').map(
      (room) => `${room}/planted.ts:1 eslint(no-restricted-imports)`,
    )
    expect(found).toEqual(expected.toSorted())
  })

  it('find a circle', () => {
    const files = {
      'src/log/a.ts': "import { b } from './b.ts'\nexport const a = () => b\n",
      'src/log/b.ts': "import { a } from './a.ts'\nexport const b = () => a\n",
    }
    expect(withPlanted(files, lint).some((finding) => finding.endsWith('import(no-cycle)'))).toBe(true)
  })
})
