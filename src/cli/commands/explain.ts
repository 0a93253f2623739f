// Declares `kafkasim explain`: one file in explain/ for each kind of thing that it explains.

import type { Command } from '../command.ts'
import { flag, once } from '../flags.ts'
import { UsageError } from '../usage-error.ts'

const RECORD = 'A record of a run, with --record:'

export const explainCommand: Command = {
  name: 'explain',
  operands: 'WORD | FILE',
  summary: 'Explain a Kafka config, a code, any name; or what became of a record',
  description:
    'With a WORD: what it stands for. It may be a config of Kafka (from the released jars: type, range, default by release, synonyms, and whether it is modelled), an expectation, an invariant or its rule, a fault, a switch, a key of scenario files, an error of Kafka, a code such as KS305. With --record: runs FILE and tells the story of one record of it: who sent it and when, which replicas got it, when it was committed and acknowledged, who read it, and who lost it, by what.',
  options: {
    record: {
      type: 'string',
      requiresArg: true,
      value: 'RECORD',
      group: RECORD,
      describe: "PARTITION@OFFSET, e.g. orders-0@4711, or CLIENT#N, e.g. 'web[0]#4711'",
    },
    seed: {
      type: 'string',
      requiresArg: true,
      value: 'N',
      group: RECORD,
      describe: "Seed of the run; default: the scenario's own, or 1",
    },
    set: {
      type: 'string',
      requiresArg: true,
      value: 'PATH=VALUE',
      group: RECORD,
      describe: 'Change a setting, as path=value (repeatable)',
    },
    row: {
      type: 'string',
      requiresArg: true,
      value: 'LABEL',
      group: RECORD,
      describe: 'Of a matrix: the row of this label',
    },
    until: {
      type: 'string',
      requiresArg: true,
      value: 'TIME',
      group: RECORD,
      describe: 'Stop at this virtual time, e.g. 30s',
    },
    json: { type: 'boolean', describe: 'Print what is known as JSON' },
  },
  examples: [
    { line: 'kafkasim explain replica.lag.time.max.ms', says: 'A config of Kafka' },
    { line: 'kafkasim explain no-acked-loss', says: 'An expectation' },
    { line: 'kafkasim explain KS305', says: 'What a file was told' },
    {
      line: 'kafkasim explain --record orders-0@4822 scenarios/acks1-loss.yaml --seed 42',
      says: 'Why an acknowledged record is gone',
    },
    {
      line: "kafkasim explain --record 'web[0]#17' scenarios/leader-crash.yaml",
      says: 'By the name that reports give it',
    },
  ],
  completes: { kind: 'files' },
  run: async ({ operands, args }, { io, loadEngine }) => {
    const record = once(args, 'record')
    if (record === undefined) {
      const [word, ...more] = operands
      if (word === undefined || more.length > 0) {
        throw new UsageError(
          'explain what? A word, as in kafkasim explain linger.ms; or with --record orders-0@4711 FILE a record',
        )
      }
      const stray = ['seed', 'set', 'row', 'until'].find((name) => args[name] !== undefined)
      if (stray !== undefined) throw new UsageError(`--${stray} goes with --record`)
      const { explainWord } = await import('../explain/word.ts')
      return explainWord(word, flag(args, 'json'), io)
    }
    const { explainRecord, recordRequest } = await import('../explain/record.ts')
    const request = recordRequest(record, operands, args)
    return explainRecord(request, io, await loadEngine())
  },
}
