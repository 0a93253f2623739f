// Declares `kafkasim run`.

import type { Command } from '../command.ts'
import { REPORTERS } from '../reporters.ts'

const WHICH = 'Which runs:'
const CHECK = 'How:'
const OUTPUT = 'Output:'

export const runCommand: Command = {
  name: 'run',
  operands: 'FILE..',
  summary: 'Run scenario files and judge them',
  description:
    'Runs each scenario file with each seed. A folder stands for the scenario files in it and below. The exit code is that of the worst run.',
  options: {
    seed: {
      type: 'string',
      requiresArg: true,
      value: 'N|A..B',
      group: WHICH,
      describe: "Seed, or seeds A..B (both included); default: the scenario's own, or 1",
    },
    set: {
      type: 'string',
      requiresArg: true,
      value: 'PATH=VALUE',
      group: WHICH,
      describe: 'Change a setting, as path=value (repeatable)',
    },
    row: {
      type: 'string',
      requiresArg: true,
      value: 'LABEL',
      group: WHICH,
      describe: 'Of a matrix: run only the row of this label',
    },
    until: {
      type: 'string',
      requiresArg: true,
      value: 'TIME',
      group: CHECK,
      describe: 'Stop at this virtual time, e.g. 30s',
    },
    verify: { type: 'boolean', group: CHECK, describe: 'Run everything twice and compare' },
    bail: {
      type: 'string',
      requiresArg: true,
      value: 'N',
      group: CHECK,
      describe: 'Stop after N runs that went wrong',
    },
    reporter: {
      type: 'string',
      requiresArg: true,
      value: 'LIST',
      offers: REPORTERS,
      group: OUTPUT,
      describe: `Any of ${REPORTERS.join(', ')}, each with a file if you like: github,junit=report.xml`,
    },
    json: {
      type: 'boolean',
      group: OUTPUT,
      describe: 'Print verdicts as JSON, one line per run; short for --reporter json',
    },
    quiet: {
      type: 'boolean',
      group: OUTPUT,
      describe: 'Print the verdict and the line that replays it, no more',
    },
    timeline: {
      type: 'string',
      requiresArg: true,
      value: 'short|all',
      offers: ['short', 'all'],
      group: OUTPUT,
      describe: 'all: leave nothing out of the timeline',
    },
    why: {
      type: 'string',
      requiresArg: true,
      value: 'short|all',
      offers: ['short', 'all'],
      group: OUTPUT,
      describe: 'all: every link of the chains of causes, and the logs at greater length',
    },
    format: {
      type: 'string',
      requiresArg: true,
      value: 'FORMAT',
      offers: ['text', 'json', 'github'],
      group: OUTPUT,
      describe: 'Of what is wrong with a file: text, json or github',
    },
    trace: {
      type: 'string',
      requiresArg: true,
      value: 'FILE',
      group: OUTPUT,
      describe: 'Write what happened to a file, as JSON Lines',
    },
  },
  examples: [
    { line: 'kafkasim run scenarios/leader-crash.yaml --seed 42', says: 'One run, told as a timeline' },
    { line: 'kafkasim run scenarios/*.yaml --seed 1..100', says: 'A hundred seeds of each' },
    { line: 'kafkasim run x.yaml --set cluster.brokers=5', says: 'The same with another setting' },
    { line: 'kafkasim run x.yaml --json | jq .outcome', says: 'For machines' },
    { line: 'kafkasim run scenarios/*.yaml --reporter default,junit=report.xml', says: 'For people, and for CI' },
  ],
  completes: { kind: 'files' },
  run: async ({ operands, args }, { io, loadEngine }) => {
    const { runRequest } = await import('../run-request.ts')
    const request = runRequest(operands, args)
    const [{ run }, engine] = await Promise.all([import('../run.ts'), loadEngine()])
    return run(request, io, engine)
  },
}
