import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { main } from '../../src/cli/command-line.ts'
import { FakeIo } from './fake-io.ts'

async function list(io: FakeIo, ...words: string[]): Promise<string[]> {
  expect(await main(['list', ...words], io)).toBe(0)
  return io.out.trimEnd().split('\n')
}

describe('kafkasim list', () => {
  it('lists scenarios of ./scenarios by the path to run them by, with their descriptions', async () => {
    const io = new FakeIo()
    mkdirSync(join(io.cwd, 'scenarios'))
    io.file('scenarios/b.yaml', 'description: The second,\n  and last.\n')
    io.file('scenarios/a.yml', 'name: first\n')
    io.file('scenarios/broken.yaml', '{ "description')
    io.file('scenarios/notes.txt', 'no scenario')
    const own = (await list(io)).filter((line) => line.startsWith('scenarios/'))
    expect(own.map((line) => line.split(/ {2,}/))).toEqual([
      ['scenarios/a.yml'],
      ['scenarios/b.yaml', 'The second, and last.'],
      ['scenarios/broken.yaml', expect.any(String)],
    ])
  })

  it('tells in a line of folders of ./scenarios, after its own, and lists those that are named', async () => {
    const io = new FakeIo()
    mkdirSync(join(io.cwd, 'scenarios/bugs'), { recursive: true })
    io.file('scenarios/z.yaml', 'description: Last by name.\n')
    io.file('scenarios/bugs/a.yaml', 'description: A bug.\n')
    io.file('scenarios/bugs/b.yaml', 'description: Another.\n')
    const own = (await list(io)).filter((line) => line.startsWith('scenarios/'))
    expect(own.map((line) => line.split(/ {2,}/))).toEqual([
      ['scenarios/z.yaml', 'Last by name.'],
      ['scenarios/bugs/', expect.stringMatching(/^2 more scenarios: kafkasim list/)],
    ])
    for (const name of ['scenarios/bugs', 'scenarios/bugs/']) {
      io.out = ''
      expect((await list(io, name)).map((line) => line.split(/ {2,}/))).toEqual([
        ['scenarios/bugs/a.yaml', 'A bug.'],
        ['scenarios/bugs/b.yaml', 'Another.'],
      ])
    }
  })

  it('lists folders of the package by name, from anywhere', async () => {
    const names = (await list(new FakeIo(), 'scenarios/bugs')).join('\n')
    expect(names).toContain('rb-01-truncation-to-high-watermark.yaml')
  })

  it('refuses what is neither a list nor a folder with scenarios', async () => {
    const io = new FakeIo()
    mkdirSync(join(io.cwd, 'empty'))
    for (const name of ['weather', 'empty', 'scenarios/nowhere']) {
      io.err = ''
      expect(await main(['list', name], io)).toBe(2)
      expect(io.err).toMatch(`list has no "${name}"; it lists scenarios, expectations`)
    }
    io.err = ''
    expect(await main(['list', 'fault'], io)).toBe(2)
    expect(io.err).toBe('kafkasim: list has no "fault"; did you mean "faults"?\n')
  })

  it('lists those that come with the package too, if one is elsewhere', async () => {
    const io = new FakeIo()
    const text = (await list(io)).join('\n')
    expect(text === '' ? io.err : text).toMatch(/no scenarios found|scenarios\/.*\.yaml/)
  })

  it('lists faults, invariants, switches and buggify points, each with what it does', async () => {
    for (const [what, name] of [
      ['faults', 'power-loss'],
      ['expectations', 'writable(orders) gap <= 15s'],
      ['invariants', 'hw-equals-min-isr-leo'],
      ['switches', 'maximalIsr'],
      ['buggify', 'delay-produce-answer'],
    ] as const) {
      const lines = await list(new FakeIo(), what)
      expect(lines.find((line) => line.startsWith(name))).toMatch(/\S {2,}\S.{10}/)
    }
  })
})
