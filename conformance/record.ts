// `npm run conformance [-- --kafka VERSION] [--play NAME] [--check]`: plays the script on real brokers, says how its answers differ from
// those recorded before and from ours, and records them unless `--check` is given.

import { parseArgs } from 'node:util'
import { differences } from './compare.ts'
import { PLAYS } from './plays.ts'
import { kafkaClassPath } from './real/kafka-jars.ts'
import { playOnKafka } from './real/real-player.ts'
import { readRecording, writeRecording } from './recordings.ts'
import type { Exchange } from './transcript.ts'
import { JUDGES } from './judges.ts'

const { values } = parseArgs({
  options: { kafka: { type: 'string' }, play: { type: 'string' }, check: { type: 'boolean', default: false } },
})
const versions = values.kafka === undefined ? JUDGES.map(({ kafka }) => kafka) : [values.kafka]
for (const version of versions) await record(version)

async function record(kafka: string): Promise<void> {
  const classPath = kafkaClassPath(kafka)
  const before = readRecording(kafka)
  const plays: { [name: string]: readonly Exchange[] } = { ...before?.plays }
  for (const play of PLAYS) {
    if (values.play !== undefined && values.play !== play.name) continue
    const { exchanges } = await playOnKafka(play, classPath)
    plays[play.name] = exchanges
    console.log(`Kafka ${kafka}, ${play.name}: ${exchanges.length} answers`)
    report(before?.plays[play.name] ?? [], exchanges)
  }
  if (!values.check) writeRecording({ kafka, plays })
}

function report(before: readonly Exchange[], now: readonly Exchange[]): void {
  for (const exchange of now) {
    const old = before.find(({ chapter, title }) => chapter === exchange.chapter && title === exchange.title)
    if (old === undefined) continue
    for (const { path, kafka, ours } of differences(old.answer, exchange.answer)) {
      console.log(
        `  ${exchange.chapter}: ${exchange.title}: ${path} was ${JSON.stringify(kafka)}, is ${JSON.stringify(ours)}`,
      )
      process.exitCode = 1
    }
  }
}
