// What rests on a defect of Kafka: one that the scenario brings back, one that the release has not mended, one that is in
// Kafka still. What excuses a violation says which; what a switched-off fix led to cannot be told apart from the rest of a
// run (decision 5), so these rules come after those that know better.

import { KNOWN_UPSTREAM } from '../../../invariants/known-upstream.ts'
import type { Violation } from '../../../invariants/invariant.ts'
import { SWITCHES, type SwitchDefinition, isSwitchName } from '../../../switches/switches.ts'
import { at, type CauseRule, clusterSetting, type Cure, type FinishedRun, type Mishap } from './cause.ts'
import { lossOf } from './loss-rules.ts'

/** Switches that undo what is known upstream. */
const CURES_UPSTREAM: { readonly [id: string]: string } = {
  'KU-2': 'trustLeoAcrossSameLeaderEpochs',
  'KU-3': 'checkLastKnownAlive',
  'KU-4': 'fenceOnReregister',
}

export const DEFECT_RULES: readonly CauseRule[] = [
  {
    id: 'switched-on-purpose',
    says: 'the scenario undoes what Kafka mended',
    recognise: (mishap, run) => {
      const { scenario, onPurpose } = run
      if (onPurpose.length === 0) return undefined
      if (mishap.kind === 'violation' && !isOfSwitch(mishap.violation, run)) return undefined
      const names = onPurpose.map((text) => text.split(':', 1)[0] ?? '').filter(isSwitchName)
      const rows = names.map((name): [string, SwitchDefinition] => [name, SWITCHES[name]])
      if (rows.length === 0) return undefined
      return {
        key: 'switched-on-purpose',
        rule: 'switched-on-purpose',
        happened:
          `${storyOf(mishap, run)}The scenario undoes ${rows.map(([name, row]) => `what ${row.changedBy} is about (${name}: ${row.says})`).join(', and ')}. ` +
          'Nothing that rests on it can be relied on in this run.',
        because: rows.map(([name]) =>
          clusterSetting(scenario, `switches.${name}`, scenario.switches[name as keyof typeof SWITCHES]),
        ),
        cites: rows.map(([, row]) => row.rule).join(', '),
        cures: [
          {
            text: 'Kafka as it is today',
            set: rows.map(([name, row]) => `switches.${name}=${String(row.values[0])}`),
          },
        ],
      }
    },
  },
  {
    id: 'not-yet-mended',
    says: 'the release lacks a fix',
    recognise: (mishap, run) => {
      const excuse = excuseOf(mishap, run, /^C4: (.*) is not in /)
      const name = /\((\w+): [^)]*; since ([^)]*)\)/.exec(excuse ?? '')
      if (excuse === undefined || name === null || !isSwitchName(name[1] ?? '')) return undefined
      const switchName = name[1] as keyof typeof SWITCHES
      const row: SwitchDefinition = SWITCHES[switchName]
      return {
        key: `not-yet-mended ${switchName}`,
        rule: 'not-yet-mended',
        happened: `${storyOf(mishap, run)}${excuse.replace(/^C4: /, '')}: ${row.says}, and here it does not.`,
        because: [clusterSetting(run.scenario, 'kafka', run.scenario.kafka)],
        cites: row.rule,
        cures: [
          {
            text: `a release that has it (since ${name[2] ?? ''}), or here its switch`,
            set: [`switches.${switchName}=${String(row.values[0])}`],
          },
        ],
      }
    },
  },
  {
    id: 'known-upstream',
    says: 'Kafka itself does so',
    recognise: (mishap, run) => {
      const excuse = excuseOf(mishap, run, /^KU-\d+:/)
      const id = excuse?.split(':', 1)[0] ?? ''
      const known = KNOWN_UPSTREAM.find((each) => each.id === id)
      if (excuse === undefined || known === undefined) return undefined
      const name = CURES_UPSTREAM[id]
      const row: SwitchDefinition | undefined = name !== undefined && isSwitchName(name) ? SWITCHES[name] : undefined
      const today = row === undefined ? undefined : id === 'KU-2' ? row.values[1] : row.values[0]
      const cures: Cure[] =
        name === undefined || today === undefined
          ? []
          : [
              {
                text: 'not to be had by configuration; the switch shows how it would be',
                set: [`switches.${name}=${String(today)}`],
              },
            ]
      return {
        key: `known-upstream ${id}`,
        rule: 'known-upstream',
        happened: `${storyOf(mishap, run)}${known.statement} Here: ${excuse.slice(id.length + 2)}; ${known.why}.`,
        because: [],
        cites: known.source,
        cures,
      }
    },
  },
  {
    id: 'unsynced-loss',
    says: 'a power loss took what was not synced',
    recognise: (mishap, run) => {
      const excuse = excuseOf(mishap, run, /^C2:/)
      if (excuse === undefined || mishap.kind !== 'violation') return undefined
      return {
        key: `unsynced-loss ${mishap.violation.subject}`,
        rule: 'unsynced-loss',
        happened: `${excuse.replace(/^C2: b/, 'B')}. What others committed counts on members of the ISR to keep what they have.`,
        because: [],
        cites: 'R-134',
        cures: [],
      }
    },
  },
]

/** Excused by it; or, where nothing excuses it, sought by the scenario that switched it. */
function isOfSwitch({ excused, invariant }: Violation, { scenario }: FinishedRun): boolean {
  if (excused !== null) return excused.startsWith('C4:')
  return scenario.expectations.some(({ finds, claim }) => finds && claim.kind === 'invariant' && claim.id === invariant)
}

/** What is known of a lost record, before its cause. */
function storyOf(mishap: Mishap, run: FinishedRun): string {
  if (mishap.kind !== 'lost') return ''
  const loss = lossOf(mishap.record, run)
  if (loss === undefined) return ''
  const { record, tenure, ackedUs, without } = loss
  const acked = `Broker ${tenure.broker} acknowledged ${record.partition}@${record.offset} in epoch ${tenure.epoch} at ${at(ackedUs)}`
  if (without === undefined) return `${acked}. `
  return `${acked}; broker ${without.broker} took office in epoch ${without.epoch} at ${at(without.fromUs)} with a log that ended at ${without.startOffset}. `
}

/** What excuses a violation, or, of what clients saw, a violation of the same partition. */
function excuseOf(mishap: Mishap, { violations }: FinishedRun, pattern: RegExp): string | undefined {
  const partition = partitionOf(mishap)
  const about =
    mishap.kind === 'violation' ? [mishap.violation] : violations.filter(({ subject }) => subject === partition)
  return about.map(({ excused }) => excused ?? '').find((excuse) => pattern.test(excuse))
}

export function partitionOf(mishap: Mishap): string | undefined {
  switch (mishap.kind) {
    case 'lost':
    case 'duplicated':
    case 'reordered':
    case 'redelivered':
    case 'resurrected':
      return mishap.record.partition
    case 'violation':
      return mishap.violation.subject
    case 'unclean-election':
    case 'gap':
    case 'read':
    case 'stuck':
      return mishap.partition
    case 'rebalance-loop':
    case 'late':
      return undefined
  }
}
