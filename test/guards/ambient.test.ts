// No ambient time or chance in the simulated rooms: the compiler, the linter and a tripwire each refuse it.

import { describe, expect, it } from 'vitest'
import { World } from '../../sim/index.ts'
import { compile, lint, withPlanted } from './planted.ts'
import { withTripwire } from './tripwire.ts'

const ROOMS = ['sim', 'src/broker', 'src/log', 'reports'] as const

describe('the compiler knows no machine in simulated rooms', () => {
  const plants = [
    'setTimeout(() => {}, 1)',
    'performance.now()',
    'process.exit()',
    "console.log('x')",
    'queueMicrotask(() => {})',
    'new TextEncoder()',
    'crypto.randomUUID()',
    'globalThis.setTimeout(() => {}, 1)',
    "import('node:fs')",
  ]
  const text = plants.join('\n') + '\nexport {}\n'

  it.each(['sim', 'src', 'reports'])('refuses each of them in %s', (room) => {
    const expected = plants.map((_, i) => `${room}/planted.ts:${i + 1}`).toSorted()
    const found = withPlanted({ [`${room}/planted.ts`]: text }, (dir) => compile(dir, room))
    expect(found).toEqual(expected)
  })
})

describe('the linter refuses what the language itself brings', () => {
  const plants = [
    'Date.now()',
    'new Date()',
    'Math.random()',
    'Promise.resolve()',
    'new WeakRef({})',
    'new Intl.Collator()',
  ]

  it('refuses clocks, chance and promises in every simulated room', () => {
    const text = plants.map((plant, i) => `export const x${i} = ${plant}`).join('\n')
    const found = withPlanted(Object.fromEntries(ROOMS.map((room) => [`${room}/planted.ts`, text])), lint)
    const lines = new Set(found.filter((finding) => finding.includes('no-restricted')).map((f) => f.replace(/ .*/, '')))
    const expected = ROOMS.flatMap((room) => plants.map((_, i) => `${room}/planted.ts:${i + 1}`))
    expect([...lines].toSorted()).toEqual(expected.toSorted())
  })

  it('refuses functions of Math whose last bit may differ between engines', () => {
    const names = [
      'log',
      'log2',
      'log10',
      'log1p',
      'exp',
      'expm1',
      'pow',
      'sin',
      'cos',
      'tan',
      'atan2',
      'hypot',
      'cbrt',
    ]
    const text = names.map((name, i) => `export const x${i} = Math.${name}(2, 3)`).join('\n')
    const found = withPlanted({ 'sim/planted.ts': text }, lint)
    const expected = names.map((_, i) => `sim/planted.ts:${i + 1} eslint(no-restricted-properties)`)
    expect(found).toEqual(expected.toSorted())
  })

  it('allows all of them where Node is allowed', () => {
    const text = "import { readFileSync } from 'node:fs'\nexport const x = [Date.now(), Math.random(), readFileSync]"
    expect(withPlanted({ 'src/cli/planted.ts': text }, lint)).toEqual([])
  })
})

describe('the tripwire throws while a world runs', () => {
  const uses: Record<string, () => unknown> = {
    'Date.now': () => Date.now(),
    'new Date()': () => new Date(),
    'Math.random': () => Math.random(),
    setTimeout: () => setTimeout(() => {}, 0),
    setImmediate: () => setImmediate(() => {}),
    queueMicrotask: () => queueMicrotask(() => {}),
    'performance.now': () => performance.now(),
    'process.hrtime': () => process.hrtime(),
    'crypto.randomUUID': () => crypto.randomUUID(),
  }

  it.each(Object.keys(uses))('at %s inside an event', (name) => {
    const world = new World({ seed: 1 })
    world.at(1000, 'planted', () => uses[name]?.())
    expect(() => withTripwire(() => world.run(2000))).toThrow(/ambient/)
  })

  it('lets a world run that uses none, and puts everything back', () => {
    const world = new World({ seed: 1 })
    let ran = 0
    world.at(1000, 'harmless', () => (ran += 1))
    withTripwire(() => world.run(2000))
    expect(ran).toBe(1)
    expect(Date.now()).toBeGreaterThan(0)
  })
})
