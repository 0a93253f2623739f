// `kafkasim dump`: runs a scenario up to a time, then writes what is on a broker's disk, or prints a partition of it.

import { partitionText } from '../../reports/kafka-dump/partition-text.ts'
import { editSuggestion } from '../config/did-you-mean.ts'
import type { SimulatedCluster } from '../scenario/cluster/simulated-cluster.ts'
import { type DiskImage, diskImage } from '../scenario/dump/disk-image.ts'
import { parseDuration } from '../scenario/text/units.ts'
import { DEFAULT_SEED } from './default-seed.ts'
import { checkTarget, writeImage } from './dump-folder.ts'
import type { Engine } from './engine-interface.ts'
import { EXIT, type ExitCode } from './exit-codes.ts'
import { flag, once, parseSeed, settingsOf, wholeNumber } from './flags.ts'
import type { Io } from './io.ts'
import { loadOne } from './one-scenario.ts'
import { Progress } from './progress.ts'
import { UsageError } from './usage-error.ts'

export interface DumpRequest {
  readonly file: string
  readonly seed: number | undefined
  readonly settings: readonly string[]
  readonly row: string | undefined
  readonly broker: number
  readonly atUs: number | undefined
  /** As typed. */
  readonly out: string | undefined
  readonly print: string | undefined
  readonly records: boolean
}

const SEPARATORS = /[/\\]/

/** `args` are flags as the parser leaves them. Complains of a folder that cannot be written to before anything is run. */
export function dumpRequest(operands: readonly string[], args: Readonly<Record<string, unknown>>, io: Io): DumpRequest {
  const [file, ...more] = operands
  if (file === undefined)
    throw new UsageError('dump what? A scenario file, as in kafkasim dump x.yaml --print orders-0')
  if (more.length > 0) throw new UsageError(`dump takes one file, not ${operands.length}`)
  const [out, print] = [once(args, 'out'), once(args, 'print')]
  const records = flag(args, 'records')
  if (out === undefined && print === undefined) {
    throw new UsageError('dump where to? --out DIR writes the files, --print PARTITION prints those of a partition')
  }
  if (out !== undefined && print !== undefined) throw new UsageError('--out and --print do not go together')
  if (records && print === undefined) throw new UsageError('--records goes with --print')
  if (print !== undefined && SEPARATORS.test(print)) {
    throw new UsageError(`--print ${print}: expected a partition such as orders-0`)
  }
  if (out !== undefined) checkTarget(out, io)
  const seed = once(args, 'seed')
  return {
    file,
    seed: seed === undefined ? undefined : parseSeed(seed),
    settings: settingsOf(args),
    row: once(args, 'row'),
    broker: wholeNumber(args, 'broker', 0) ?? 1,
    atUs: parseAt(once(args, 'at')),
    out,
    print,
    records,
  }
}

export function dump(request: DumpRequest, io: Io, engine: Engine): ExitCode {
  const scenario = loadOne(request, 'dump', io, engine)
  if (scenario === undefined) return EXIT.badInput
  const seed = request.seed ?? scenario.seed ?? DEFAULT_SEED
  const progress = new Progress(io, true)
  let cluster: SimulatedCluster | undefined
  engine.run(scenario, {
    seed,
    ...(request.atUs !== undefined && { untilUs: request.atUs }),
    // Files need no judgement, and the run is the same without it.
    invariants: false,
    watch: (watched) => (cluster = watched),
    onProgress: (nowUs, endUs, events) => progress.update(`${request.file}  seed ${seed}`, nowUs, endUs, events),
  })
  progress.clear()
  if (cluster === undefined) throw new Error('a run shows nobody its cluster')
  const image = diskImage(cluster, request.broker)
  if (image === undefined) {
    throw new UsageError(
      `--broker ${request.broker}: there is no such broker; there are ${cluster.brokerIds.join(', ')}`,
    )
  }
  const whose = `broker ${image.broker} of ${request.file}, seed ${seed}, at ${(image.atUs / 1e6).toFixed(3)} s${image.running ? '' : ' (it is down)'}`
  if (request.print !== undefined) printPartition(image, request.print, request.records, whose, io)
  else if (request.out !== undefined) io.stdout.write(writeImage(image, request.out, whose, io))
  return EXIT.ok
}

function printPartition(image: DiskImage, partition: string, records: boolean, whose: string, io: Io): void {
  const files = image.files.filter(({ path }) => path.split('/').at(-2) === partition)
  if (files.length === 0) {
    const there = [...new Set(image.files.flatMap(({ path }) => path.split('/').at(-2) ?? []))]
    const known = there.filter((name) => /-\d+$/.test(name))
    const meant = editSuggestion(partition, known)
    const hint = meant === undefined ? `there are ${known.join(', ') || 'none'}` : `did you mean "${meant}"?`
    throw new UsageError(`--print ${partition}: ${whose} has no such partition; ${hint}`)
  }
  const { lines, complaints } = partitionText(files, records)
  io.stdout.write(`${[`# ${whose}`, ...lines].join('\n')}\n`)
  // As Kafka's tool does: what is printed is what is there, what is wrong with it is told apart.
  if (complaints.length > 0) io.stderr.write(`${complaints.join('\n')}\n`)
}

function parseAt(text: string | undefined): number | undefined {
  if (text === undefined) return undefined
  const us = parseDuration(text)
  if (us === undefined || us === 0) throw new UsageError(`--at ${text}: expected a time such as 30s, 500ms or 1h30m`)
  return us
}
