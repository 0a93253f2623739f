// Declares `kafkasim dump`.

import type { Command } from '../command.ts'

const WHICH = 'Which run:'
const WHAT = 'What of it:'

export const dumpCommand: Command = {
  name: 'dump',
  operands: 'FILE',
  summary: "Write the files on a broker's disk, or print them",
  description:
    "Runs a scenario file up to a virtual time and looks at the disk of one broker. With --out it is written as a directory of Kafka's own files, which Kafka's tools read; with --print the files of a partition are printed as Kafka's own dump tool prints them.",
  options: {
    broker: { type: 'string', requiresArg: true, value: 'N', group: WHAT, describe: 'Whose disk; default 1' },
    at: {
      type: 'string',
      requiresArg: true,
      value: 'TIME',
      group: WHAT,
      describe: 'At this virtual time, e.g. 12s; default: when the run is over',
    },
    out: {
      type: 'string',
      requiresArg: true,
      value: 'DIR',
      group: WHAT,
      describe: 'Write all files there: a new folder, or an empty one',
    },
    print: {
      type: 'string',
      requiresArg: true,
      value: 'PARTITION',
      group: WHAT,
      describe: 'Print the files of this partition, e.g. orders-0',
    },
    records: { type: 'boolean', group: WHAT, describe: 'With --print: the records in each batch, too' },
    seed: {
      type: 'string',
      requiresArg: true,
      value: 'N',
      group: WHICH,
      describe: "Seed of the run; default: the scenario's own, or 1",
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
      describe: 'Of a matrix: the row of this label',
    },
  },
  examples: [
    {
      line: 'kafkasim dump scenarios/leader-crash.yaml --seed 42 --at 10s --broker 1 --out data',
      says: "Broker 1's data directory after ten seconds",
    },
    {
      line: 'kafkasim dump scenarios/leader-crash.yaml --at 10s --print orders-0',
      says: 'Batches and indexes of a partition',
    },
    {
      line: 'kafkasim dump x.yaml --print orders-0 --records | less',
      says: 'And the records, at the end of the run',
    },
  ],
  completes: { kind: 'files' },
  run: async ({ operands, args }, { io, loadEngine }) => {
    const { dump, dumpRequest } = await import('../dump.ts')
    const request = dumpRequest(operands, args, io)
    return dump(request, io, await loadEngine())
  },
}
