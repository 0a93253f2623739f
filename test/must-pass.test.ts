// A scenario as an assertion: silent when it passes, and otherwise an error with everything that is needed to go on.

import { describe, expect, it } from 'vitest'
import { loadScenario, mustPass, ScenarioError, ScenarioFailure } from '../src/index.ts'

const SCENARIO = `
name: small
duration: 3s
cluster: { brokers: 1 }
topics: { t: { partitions: 1, replication.factor: 1 } }
producers: { p: { topic: t, rate: 20/s } }
expect: [no-acked-loss]
`

function failure(act: () => unknown): ScenarioFailure {
  try {
    act()
  } catch (error) {
    if (error instanceof ScenarioFailure) return error
    throw error
  }
  throw new Error('it passed')
}

describe('mustPass', () => {
  it('gives back the run that passed', () => {
    const { verdict } = mustPass(SCENARIO, { seed: 3 })
    expect(verdict).toMatchObject({ outcome: 'pass', seed: 3 })
  })

  it('passes when what is sought is found, and takes a loaded scenario', () => {
    const loaded = loadScenario(SCENARIO, { set: ['expect=[{finds: [acked(t) >= 1000]}]'] })
    expect(loaded.ok && mustPass(loaded.scenario).verdict.outcome).toBe('find')
  })

  it('throws what was not met, and the line that replays it', () => {
    const set = ['expect=[acked(t) >= 1000, no-acked-loss]']
    const error = failure(() => mustPass(SCENARIO, { seed: 5, file: 'scenarios/small one.yaml', set }))
    expect(error.message.split('\n')).toEqual([
      'scenario small, seed 5: FAIL',
      expect.stringMatching(/^ {2}✘ acked\(t\) >= 1000: it is \d+$/),
      "  replay: npx kafkasim run 'scenarios/small one.yaml' --seed 5 --set 'expect=[acked(t) >= 1000, no-acked-loss]'",
    ])
    expect(error).toMatchObject({ seed: 5, outcome: 'fail', name: 'ScenarioFailure' })
  })

  it('says how to see it again if it does not know the file', () => {
    const set = ['expect=[acked(t) >= 1000]']
    const error = failure(() => mustPass(SCENARIO, { set }))
    expect(error.replay).toBe('simulate the same text with {"seed":1,"set":["expect=[acked(t) >= 1000]"]}')
  })

  it('says of a run that proved nothing why it did not', () => {
    const idle = failure(() =>
      mustPass(SCENARIO, { set: ['faults=[{when: record t-0@9999 acked, kill: broker:1, for: 1s}]'] }),
    )
    expect(idle.message).toMatch(/VACUOUS\n {2}✘ never fired: kill broker:1 .*t-0@9999/)
  })

  it('holds little, for test runners print all of it', () => {
    const error = failure(() => mustPass(SCENARIO, { set: ['expect=[acked(t) >= 1000]'] }))
    expect(JSON.stringify(Object.entries(error)).length).toBeLessThan(300)
  })

  it('throws ScenarioError for what is no scenario', () => {
    expect(() => mustPass('duration: soon')).toThrow(ScenarioError)
  })
})
