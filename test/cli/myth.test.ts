import { describe, expect, it } from 'vitest'
import { main } from '../../src/cli/command-line.ts'
import { MYTHS, UNBUILT_MYTHS } from '../../src/myths/myths.ts'
import { widthOf } from '../../reports/terminal/cell-text.ts'
import { FakeIo } from './fake-io.ts'

async function myth(...args: string[]): Promise<{ code: number; out: string; err: string }> {
  const io = new FakeIo()
  io.env['COLUMNS'] = '80'
  const code = await main(['myth', ...args], io)
  return { code, out: io.out, err: io.err }
}

describe('kafkasim myth', () => {
  it('lists all, each with its claim in a line', async () => {
    const { code, out } = await myth()
    expect(code).toBe(0)
    expect(out).toMatch(/^M01 lag-default-10s +By default a follower may lag 10 s/)
    expect(out.match(/^M\d\d /gm)).toHaveLength(MYTHS.length + UNBUILT_MYTHS.length)
  })

  it('tells the verdict, the claim, what was seen, how it is, the rules, and how to run it', async () => {
    const { code, out, err } = await myth('M13')
    expect({ code, err }).toEqual({ code: 0, err: '' })
    expect(out.replaceAll(/\S*scenarios\/myths/g, 'scenarios/myths')).toMatchInlineSnapshot(`
      "FALSE  M13 leo-is-the-last-offset
        claim    The log end offset (LEO) is the offset of the last record.
        seen     10 records, the last at offset 9
                 log end offsets of brokers [1,2,3]: 10, 10, 10; high watermarks: 10,
                 10, 10
        instead  It is the offset that the next record will get. The high watermark is
                 counted in the same way.
        rules    R-1, R-57
        run      npx kafkasim run scenarios/myths/m13-leo-is-the-last-offset.yaml --seed 1
      "
    `)
  })

  it('tells what each row says', async () => {
    const { code, out } = await myth('m15')
    expect(code).toBe(0)
    expect(out).toMatch(/^ {2}seen {5}acks=all: the claim holds\n {11}- (\d+) of \1 batches were on the whole ISR/m)
    expect(out).toMatch(/^ {11}acks=1: the claim does not hold\n {11}- 0 of \d+ batches/m)
    const wide = out.split('\n').filter((line) => widthOf(line) > 80 && !line.startsWith('  run '))
    expect(wide).toEqual([])
  })

  it('takes a name, a seed, several, and prints JSON', async () => {
    const { code, out } = await myth('leo-is-the-last-offset', 'M10', '--seed', '7', '--json')
    expect(code).toBe(0)
    const runs = out
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as unknown)
    expect(runs).toMatchObject([
      { id: 'M13', verdict: 'false', shown: true, seed: 7, rows: [{ label: '', holds: false, outcome: 'pass' }] },
      {
        id: 'M10',
        verdict: 'depends on version',
        shown: true,
        rows: [
          { label: 'until-2.0.0', holds: true, outcome: 'find' },
          { label: 'since-2.0.1', holds: false, outcome: 'pass' },
        ],
      },
    ])
  })

  it('fails, and says why, where the run does not show it', async () => {
    const { code, out } = await myth('M13', '--set', 'producers.web.total=11')
    expect(code).toBe(1)
    expect(out).toMatch(/^NOT SHOWN {2}M13 /)
    expect(out).toContain('acked(orders) == 10: it is 11')
    const nothing = await myth('M13', '--set', 'duration=50ms')
    expect(nothing.code).toBe(1)
    expect(nothing.out).toContain('what the claim is about did not come about')
    expect(nothing.out).not.toContain('instead')
  })

  it.each([
    [['M21'], 'there is no myth "M21"; M01 to M65; "kafkasim myth" lists them'],
    [['bigest-leo-wins'], 'there is no myth "bigest-leo-wins"; did you mean "largest-leo-wins"?'],
    [['M07', '--all'], 'myth takes names or --all, not both'],
    [['--all', '--set', 'duration=1s'], '--set changes the scenario of one myth: name one'],
    [['M07', '--seed', '1..3'], '--seed 1..3: expected an integer'],
    [['M07', '--set', 'cluster.brokrs=4'], 'did you mean "brokers"?'],
  ])('%j ends with 2 and says what is wrong', async (args, message) => {
    const { code, out, err } = await myth(...args)
    expect({ code, out }).toEqual({ code: 2, out: '' })
    expect(err).toContain(message)
  })
})

describe('kafkasim list myths', () => {
  it('lists them', async () => {
    const io = new FakeIo()
    expect(await main(['list', 'myths'], io)).toBe(0)
    expect(io.out).toMatch(/^M07 largest-leo-wins {2,}The follower with the largest/m)
  })
})
