// Lets the dump tool of released Kafkas read directories that our log has written: those of test/log/kafka-files, whose texts
// are recorded anew, or the directory of a partition that is named. Any complaint, and any difference between releases, is an
// error. Needs Java and Maven; see docs/kafka-files.md.

import { spawnSync } from 'node:child_process'
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DIR } from '../test/log/fixtures.ts'
import { CASES, segmentFiles } from '../test/log/kafka-files/cases.ts'
import { kafkaClassPath } from './real/kafka-jars.ts'

const RELEASES = ['3.9.2', '4.0.2', '4.1.2']
const RECORDED = new URL('../test/log/kafka-files/', import.meta.url)
const SEGMENT_FILE = /^\d{20}\.(log|index|timeindex|snapshot)$/
/** Of a logger that is not there. */
const NOISE = /^SLF4J|^log4j|StatusLogger/
/** What compaction leaves is no complaint. */
const GAPS = /^Non-consecutive offsets in|^ {2}\d+ is followed by \d+$/

const [named] = process.argv.slice(2)

function kafkaText(release: string, dir: string, files: readonly string[], flags: readonly string[]): string {
  if (files.length === 0) return ''
  const tool = ['kafka.tools.DumpLogSegments', ...flags, '--files', files.join(',')]
  const run = spawnSync('java', ['-cp', kafkaClassPath(release), ...tool], { cwd: dir, encoding: 'utf8' })
  if (run.error !== undefined) throw new Error('Java is needed to run Kafka', { cause: run.error })
  const complaints = run.stderr
    .split('\n')
    .filter((line) => line !== '' && !NOISE.test(line) && !(named !== undefined && GAPS.test(line)))
  if (run.status !== 0 || complaints.length > 0) {
    throw new Error(`Kafka ${release} complains of ${dir}:\n${complaints.join('\n')}\n${run.stdout.slice(-500)}`)
  }
  return run.stdout
}

/** An active index has room for more entries; Kafka's sanity check takes that for a last entry and complains of its own. */
function endsInZeros(bytes: Uint8Array): boolean {
  return bytes.length > 0 && bytes.subarray(-8).every((byte) => byte === 0)
}

/** What all releases print of the files, having found nothing wrong with the indexes. */
function judged(dir: string): string {
  const files = readdirSync(dir)
    .filter((name) => SEGMENT_FILE.test(name))
    .sort()
  // Of an active index without an entry the tool takes the first zeros for one.
  const isEmpty = (name: string) => readFileSync(join(dir, name)).every((byte) => byte === 0)
  const indexes = files.filter((name) => name.endsWith('index') && !isEmpty(name))
  const readable = files.filter(
    (name) => !name.endsWith('index') || indexes.includes(name) || statSync(join(dir, name)).size === 0,
  )
  const closed = indexes.filter((name) => !endsInZeros(readFileSync(join(dir, name))))
  const texts = RELEASES.map((release) => {
    kafkaText(release, dir, closed, ['--index-sanity-check'])
    kafkaText(release, dir, indexes, ['--verify-index-only'])
    return kafkaText(release, dir, readable, ['--deep-iteration', '--print-data-log'])
  })
  const [first, ...others] = texts
  for (const [i, text] of others.entries()) {
    if (text !== first) throw new Error(`Kafka ${RELEASES[0]} and ${RELEASES[i + 1]} read ${dir} differently`)
  }
  return first ?? ''
}

if (named !== undefined) {
  judged(named)
  console.log(`${named}: no complaint of Kafka ${RELEASES.join(', ')}`)
} else {
  const root = mkdtempSync(join(tmpdir(), 'kafka-files-'))
  try {
    for (const { name, make } of CASES) {
      const dir = join(root, name)
      mkdirSync(dir)
      const disk = make()
      for (const file of segmentFiles(disk)) {
        writeFileSync(join(dir, file), disk.bytes(`${DIR}/${file}`))
        const allocated = disk.allocatedBytes(`${DIR}/${file}`)
        if (allocated > 0) truncateSync(join(dir, file), allocated)
      }
      writeFileSync(new URL(`${name}.txt`, RECORDED), judged(dir))
      console.log(`${name}: no complaint of Kafka ${RELEASES.join(', ')}`)
    }
  } finally {
    rmSync(root, { recursive: true, force: true })
  }
}
