// The tables and the code that reads them: nothing reads a key that is said to have no effect, and the rules that are told
// of a key are rules that the code cites.

import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { CONFIG_TABLES, everyScopeOf } from '../../src/config/config-tables.ts'
import type { KeyTable } from '../../src/config/key-definition.ts'
import { CONFIG_RULES } from '../../src/config/rules.ts'

const SRC = join(import.meta.dirname, '../../src')
const FILES = readdirSync(SRC, { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.ts') && !file.startsWith('config/'))
  .map((file) => ({ file, text: readFileSync(join(SRC, file), 'utf8') }))

const TABLES: readonly KeyTable[] = Object.values(CONFIG_TABLES)

describe('code that reads a config', () => {
  it('reads what is modelled', () => {
    const unpromised = FILES.flatMap(({ file, text }) => {
      // The group side of the consumer is not reachable from scenarios before its keys are promised.
      if (file.startsWith('client/group/')) return []
      return [...text.matchAll(/\bconfig(?:\(\))?\[\s*'([a-z]+(?:\.[a-z]+)+)'\s*\]/g)].flatMap(([, key = '']) => {
        const known = TABLES.flatMap((table) => (Object.hasOwn(table, key) ? [table[key]] : []))
        return known.length > 0 && known.every((definition) => definition?.effect !== 'modelled')
          ? [`${file}: ${key}`]
          : []
      })
    })
    expect(unpromised).toEqual([])
  })

  it('is there for the keys that matter most', () => {
    const text = FILES.map((file) => file.text).join('\n')
    for (const key of ['replica.lag.time.max.ms', 'min.insync.replicas', 'linger.ms', 'log.segment.bytes']) {
      expect(text).toContain(`'${key}'`)
    }
  })
})

describe('the rules of a config', () => {
  it('are about keys that there are', () => {
    for (const [rule, { keys }] of Object.entries(CONFIG_RULES)) {
      expect(keys.length, rule).toBeGreaterThan(0)
      for (const key of keys) expect(everyScopeOf(key), `${rule}: ${key}`).not.toEqual([])
    }
  })

  it('are rules that the code, or a test of it, cites', () => {
    const tests = join(import.meta.dirname, '..')
    const cited = [
      ...FILES.map(({ text }) => text),
      readFileSync(join(SRC, 'config/key-rules.ts'), 'utf8'),
      ...readdirSync(tests, { recursive: true, encoding: 'utf8' })
        .filter((file) => file.endsWith('.test.ts') && !file.startsWith('config/') && !file.startsWith('cli/'))
        .map((file) => readFileSync(join(tests, file), 'utf8')),
    ].join('\n')
    const silent = Object.keys(CONFIG_RULES).filter((rule) => !new RegExp(`\\b${rule}\\b`).test(cited))
    expect(silent).toEqual([])
  })
})
