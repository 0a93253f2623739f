// Declares `kafkasim fuzz`.

import type { Command } from '../command.ts'
import { REPORTERS } from '../reporters.ts'

const HOW_MUCH = 'How much:'
const WHAT = 'What is drawn:'
const OUTPUT = 'Output:'

export const fuzzCommand: Command = {
  name: 'fuzz',
  operands: '[FILE]',
  summary: 'Look for trouble: draw clusters, clients and faults',
  description:
    'Draws clusters, clients and faults, runs them, and writes what goes wrong as scenario files. With a FILE its cluster, topics and clients stay, and what it leaves open, such as faults, is drawn.',
  options: {
    runs: {
      type: 'string',
      requiresArg: true,
      value: 'N',
      group: HOW_MUCH,
      describe: 'How many cases; default 200 unless --time is given',
    },
    time: {
      type: 'string',
      requiresArg: true,
      value: 'TIME',
      group: HOW_MUCH,
      describe: 'Stop after this wall time, e.g. 60s or 5m',
    },
    jobs: {
      type: 'string',
      requiresArg: true,
      value: 'N',
      group: HOW_MUCH,
      describe: 'Worker threads; default: one for each core',
    },
    shrink: {
      type: 'string',
      requiresArg: true,
      value: 'N',
      group: HOW_MUCH,
      describe: 'Scenarios tried to make a finding smaller; default 150',
    },
    bail: { type: 'string', requiresArg: true, value: 'N', group: HOW_MUCH, describe: 'Stop after N findings' },
    verify: { type: 'boolean', group: HOW_MUCH, describe: 'Run every case twice and compare' },
    seed: { type: 'string', requiresArg: true, value: 'N', group: WHAT, describe: 'Seed of the campaign; default 1' },
    set: {
      type: 'string',
      requiresArg: true,
      value: 'PATH=VALUE',
      group: WHAT,
      describe: 'A setting of every case, as path=value (repeatable)',
    },
    out: {
      type: 'string',
      requiresArg: true,
      value: 'DIR',
      group: OUTPUT,
      describe: 'Where findings are written; default failures',
    },
    format: {
      type: 'string',
      requiresArg: true,
      value: 'FORMAT',
      offers: ['text', 'json', 'github'],
      group: OUTPUT,
      describe: 'Of what is wrong with a file: text, json or github',
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
      describe: 'Print findings and a summary as JSON Lines; short for --reporter json',
    },
    quiet: { type: 'boolean', group: OUTPUT, describe: 'Print findings, and not what was covered' },
  },
  examples: [
    { line: 'kafkasim fuzz --time 60s', says: 'A minute of it, on every core' },
    { line: 'kafkasim fuzz --runs 1000 --seed 7', says: 'The same thousand cases on every machine' },
    { line: 'kafkasim fuzz x.yaml --runs 500', says: 'Faults for a cluster of your own' },
    { line: 'kafkasim fuzz --set switches.maximalIsr=false', says: 'Does a defect come to light?' },
    { line: 'kafkasim run failures/x.yaml', says: 'Replay a finding' },
  ],
  completes: { kind: 'files' },
  run: async ({ operands, args }, { io }) => {
    const [{ fuzzRequest }, { fuzz }] = await Promise.all([import('../fuzz-request.ts'), import('../fuzz.ts')])
    return fuzz(fuzzRequest(operands, args), io)
  },
}
