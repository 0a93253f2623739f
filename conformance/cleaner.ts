// Lets the cleaner of a released Kafka go over logs that ours has written (test/log/cleaner/kafka/cases.ts), and records what
// it leaves of them: `npx tsx conformance/cleaner.ts`. Needs Java and Maven.

import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { format } from 'prettier'
import { DIR } from '../test/log/fixtures.ts'
import { CASES, type Cleaned, type CleanerCase, namesIn, written } from '../test/log/cleaner/kafka/cases.ts'
import { kafkaClassPath } from './real/kafka-jars.ts'

/** The first with a cleaner in Java; what it does is what 4.0's does. */
const RELEASE = '4.1.2'
const PROGRAM = fileURLToPath(new URL('KafkaCleaner.java', import.meta.url))
const RECORDED = new URL('../test/log/cleaner/kafka/cleaned-by-kafka.json', import.meta.url)

function cleanedByKafka(each: CleanerCase): Cleaned {
  const root = mkdtempSync(join(tmpdir(), 'kafka-cleaner-'))
  try {
    const dir = join(root, 'orders-0')
    mkdirSync(dir)
    const disk = written(each)
    for (const name of namesIn(disk)) writeFileSync(join(dir, name), disk.bytes(`${DIR}/${name}`))
    const rounds = each.rounds.map(({ nowMs, mapBytes, ioBufferBytes }) => `${nowMs}:${mapBytes}:${ioBufferBytes}`)
    const args = [dir, String(each.segmentBytes), String(each.deleteRetentionMs), ...rounds]
    const run = spawnSync('java', ['-cp', kafkaClassPath(RELEASE), PROGRAM, ...args], { encoding: 'utf8' })
    if (run.error !== undefined) throw new Error('Java is needed to run Kafka', { cause: run.error })
    if (run.status !== 0) throw new Error(`Kafka ${RELEASE} fails on "${each.name}":\n${run.stderr}`)
    const lines = run.stdout.split('\n').map((line) => line.split(' '))
    return {
      nextDirtyOffsets: lines.flatMap(([word, offset]) => (word === 'next' ? [Number(offset)] : [])),
      segments: Object.fromEntries(
        lines.flatMap(([name, bytes]) => (name?.endsWith('.log') ? [[name, bytes ?? '']] : [])),
      ),
    }
  } finally {
    rmSync(root, { recursive: true, force: true })
  }
}

const recorded = Object.fromEntries(CASES.map((each) => [each.name, cleanedByKafka(each)]))
writeFileSync(RECORDED, await format(JSON.stringify(recorded), { parser: 'json' }))
console.log(`${CASES.length} logs cleaned by Kafka ${RELEASE}`)
