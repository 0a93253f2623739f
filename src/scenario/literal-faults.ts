// A run of a nemesis as a file without one: what was drawn stands there as literal faults, with the seed. It runs the
// same, event for event, and can be cut down fault by fault. Settings that faults name (brokers, partitions, the end) are
// pinned to what was drawn; all others are drawn again as they were.

import { Streams } from '../../sim/random/streams.ts'
import { type LoadedScenario, resolveDraws } from './build.ts'
import type { Scenario } from './model.ts'
import { type PlainMapping, type PlainValue, scenarioToYaml } from './text/to-yaml.ts'
import { formatDuration } from './text/units.ts'

/** The whole scenario of this seed, of a matrix that of its row, as plain data. */
export function literalScenario(loaded: LoadedScenario, seed: number): PlainMapping {
  const streams = new Streams(seed)
  const scenario = resolveDraws(loaded, (name) => streams.stream(name))
  const { nemesis: _, faults, ...rest } = pinned(loaded.plain, scenario)
  const literal = [...listOf(faults), ...scenario.chosenFaults]
  return { ...rest, name: loaded.name, seed, faults: literal }
}

/** The same as the text of a file; `comment` stands above. */
export function literalScenarioText(loaded: LoadedScenario, seed: number, comment = ''): string {
  return scenarioToYaml(literalScenario(loaded, seed), comment)
}

function pinned(plain: PlainMapping, { brokers, topics, durationUs }: Scenario): PlainMapping {
  const cluster = mappingOf(plain['cluster'])
  const listed = listOf(cluster['brokers']).some((broker) => typeof broker === 'object')
  const named = topics.map(({ name, partitions }): [string, PlainValue] => {
    const topic = mappingOf(mappingOf(plain['topics'])[name])
    return [name, topic['partitions'] === undefined ? topic : { ...topic, partitions }]
  })
  return {
    ...plain,
    duration: formatDuration(durationUs),
    cluster: listed ? cluster : { ...cluster, brokers: brokers.length },
    topics: Object.fromEntries(named),
  }
}

function mappingOf(value: PlainValue): PlainMapping {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as PlainMapping) : {}
}

function listOf(value: PlainValue): readonly PlainValue[] {
  return Array.isArray(value) ? value : []
}
