// What a run was: the cluster, its topics and its clients as they were drawn and resolved, in as many facts as a header
// has room for. Data only.

import type { LoadShape } from '../workload/load-shape.ts'
import type { Scenario } from './model.ts'
import { type DrawnSetting, drawnSetting } from './drawn-settings.ts'

export interface RunSetup {
  readonly brokers: readonly { readonly id: number; readonly rack: string | null; readonly kafka: string }[]
  readonly topics: readonly {
    readonly name: string
    readonly partitions: number
    readonly replicationFactor: number
    readonly minInsyncReplicas: number
    readonly uncleanElection: boolean
  }[]
  readonly producers: readonly {
    readonly name: string
    readonly topic: string
    readonly count: number
    /** Undefined: it sends as it is answered, so many at a time. */
    readonly ratePerSecond: number | undefined
    /** In a closed loop, how many; else undefined. */
    readonly outstanding?: number
    /** The rate changes: this is the highest. */
    readonly varies?: boolean
    /** −1 for all. */
    readonly acks: number
    readonly idempotent: boolean
  }[]
  readonly consumers: readonly { readonly name: string; readonly topics: readonly string[] }[]
  /** Behaviour that the file switches: `maximalIsr: false`. */
  readonly switches: readonly string[]
  readonly eligibleLeaderReplicas: boolean
  /** In the order of the file's parts. */
  readonly drawn: readonly DrawnSetting[]
}

/** `drawnTargets`: whom faults hit that leave it to chance. */
export function setupOf(scenario: Scenario, drawnTargets: readonly DrawnSetting[]): RunSetup {
  const { brokers, topics, producers, consumers, groups, switches, controller, drawn, origins } = scenario
  return {
    brokers: brokers.map(({ id, rack, kafka }) => ({ id, rack, kafka })),
    topics: topics.map(({ name, partitions, replicationFactor, config }) => ({
      name,
      partitions,
      replicationFactor,
      minInsyncReplicas: config['min.insync.replicas'],
      uncleanElection: config['unclean.leader.election.enable'],
    })),
    producers: producers.map(({ name, topic, count, load, config }) => ({
      name,
      topic,
      count,
      ...loadFacts(load),
      acks: config.acks,
      idempotent: config['enable.idempotence'],
    })),
    consumers: [
      ...consumers.map(({ name, assignment }) => ({ name, topics: [...assignment.keys()] })),
      ...groups.map(({ name, topics, members }) => ({ name: `${name} (group of ${members})`, topics })),
    ],
    switches: Object.entries(switches).map(([name, value]) => `${name}: ${String(value)}`),
    eligibleLeaderReplicas: controller.switches.elr,
    drawn: [
      ...drawn.map((each) => drawnSetting(each, placeInFile(each.path, scenario), origins)),
      ...drawnTargets.map((each) => ({ ...each, path: placeInFile(each.path, scenario) })),
    ],
  }
}

function loadFacts(load: LoadShape) {
  switch (load.kind) {
    case 'steady':
      return { ratePerSecond: load.ratePerSecond }
    case 'phases':
      return { ratePerSecond: Math.max(...load.phases.map(({ ratePerSecond }) => ratePerSecond)), varies: true }
    case 'closed':
      return { ratePerSecond: undefined, outstanding: load.outstanding }
  }
}

/** Faults that the file gives no name are called by their number there, and some settings stand below their verb. */
function placeInFile(path: string, { faults, origins }: Scenario): string {
  const [, id = '', rest = ''] = /^faults\.([^.]+)\.(.*)$/.exec(path) ?? []
  const number = faults.findIndex((fault) => fault.id === id)
  const fault = faults[number]
  if (fault === undefined) return path
  const name = origins.at(`faults.${number}.id`) === undefined ? String(number) : id
  const below = origins.at(`faults.${number}.${rest}`) === undefined ? `${fault.action.verb}.` : ''
  return `faults.${name}.${below}${rest}`
}
