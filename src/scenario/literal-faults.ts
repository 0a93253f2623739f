// A run of a nemesis as a file without one: what was drawn stands there as literal faults, with the seed. It runs the
// same, event for event, and can be cut down fault by fault.

import { Streams } from '../../sim/random/streams.ts'
import { type LoadedScenario, resolveDraws } from './build.ts'
import { type PlainMapping, scenarioToYaml } from './to-yaml.ts'

/** The whole scenario of this seed, of a matrix that of its row, as plain data. */
export function literalScenario(loaded: LoadedScenario, seed: number): PlainMapping {
  const streams = new Streams(seed)
  const { chosenFaults } = resolveDraws(loaded, (name) => streams.stream(name))
  const { nemesis: _, faults = [], ...rest } = loaded.plain
  const literal = [...(Array.isArray(faults) ? faults : []), ...chosenFaults]
  return { ...rest, name: loaded.name, seed, faults: literal }
}

/** The same as the text of a file; `comment` stands above. */
export function literalScenarioText(loaded: LoadedScenario, seed: number, comment = ''): string {
  return scenarioToYaml(literalScenario(loaded, seed), comment)
}
