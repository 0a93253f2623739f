// The verdict of one run as one line of JSON: a contract (design, section 8). Keys come in a fixed order, whatever order
// the object has, and times have exactly three decimals, so that the text is the same on every machine up to `wallMs`.

import type { Verdict } from '../src/scenario/run-result.ts'

/** Without a line end. `wallMs` is how long the run took here: the only part that differs between machines. */
export function verdictJson(verdict: Verdict, wallMs: number): string {
  const { violations, expectations, history, cluster } = verdict
  return object([
    ['scenario', text(verdict.scenario)],
    ['seed', number(verdict.seed)],
    ['kafka', text(verdict.kafka)],
    ['outcome', text(verdict.outcome)],
    ['passed', String(verdict.passed)],
    [
      'violations',
      array(violations, (violation) =>
        object([
          ['invariant', text(violation.invariant)],
          ['rule', text(violation.rule)],
          ['excused', violation.excused === null ? 'null' : text(violation.excused)],
          ['atMs', milliseconds(violation.atMs)],
          ['subject', text(violation.subject)],
          ['message', text(violation.message)],
          ['events', array(violation.events, number)],
        ]),
      ),
    ],
    [
      'expectations',
      array(expectations, (expectation) =>
        object([
          ['text', text(expectation.text)],
          ['met', String(expectation.met)],
          ['message', text(expectation.message)],
        ]),
      ),
    ],
    ['notFired', array(verdict.notFired, text)],
    [
      'history',
      object([
        ['produced', number(history.produced)],
        ['acked', number(history.acked)],
        ['failed', number(history.failed)],
        ['unknown', number(history.unknown)],
        ['delivered', number(history.delivered)],
        ['lost', number(history.lost)],
        ['duplicated', number(history.duplicated)],
        ['reordered', number(history.reordered)],
      ]),
    ],
    [
      'cluster',
      object([
        [
          'partitions',
          array(cluster.partitions, (partition) =>
            object([
              ['topic', text(partition.topic)],
              ['partition', number(partition.partition)],
              ['leader', number(partition.leader)],
              ['leaderEpoch', number(partition.leaderEpoch)],
              ['isr', array(partition.isr, number)],
              ['highWatermark', number(partition.highWatermark)],
              ['logEndOffset', number(partition.logEndOffset)],
            ]),
          ),
        ],
      ]),
    ],
    ['events', number(verdict.events)],
    ['simulatedMs', milliseconds(verdict.simulatedMs)],
    ['traceHash', text(verdict.traceHash)],
    ['reproduce', text(verdict.reproduce)],
    ['wallMs', milliseconds(wallMs)],
  ])
}

function object(entries: readonly (readonly [string, string])[]): string {
  return `{${entries.map(([key, json]) => `"${key}":${json}`).join(',')}}`
}

function array<T>(items: readonly T[], render: (item: T) => string): string {
  return `[${items.map((item) => render(item)).join(',')}]`
}

function text(value: string): string {
  return JSON.stringify(value)
}

/** What is not measured yet is null. */
function number(value: number | null): string {
  return value === null ? 'null' : JSON.stringify(value)
}

function milliseconds(value: number): string {
  return value.toFixed(3)
}
