// Plays the script on real brokers.

import { setTimeout as sleep } from 'node:timers/promises'
import type { Answer, Play, Script, Step } from '../step.ts'
import { Transcript } from '../transcript.ts'
import { KafkaCluster } from './kafka-cluster.ts'
import { KafkaWire } from './kafka-wire.ts'

export async function playOnKafka(play: Play, classPath: string): Promise<Transcript> {
  const transcript = new Transcript()
  const wire = new KafkaWire(classPath)
  try {
    const cluster = await KafkaCluster.start(classPath, play.brokers)
    try {
      for (const { name, play: begin } of play.chapters) await playChapter(name, begin(), cluster, wire, transcript)
    } finally {
      await cluster.close()
    }
  } finally {
    await wire.close()
  }
  return transcript
}

async function playChapter(
  name: string,
  script: Script,
  cluster: KafkaCluster,
  wire: KafkaWire,
  transcript: Transcript,
): Promise<void> {
  let next = script.next({ kind: 'silence' })
  while (next.done !== true) {
    const step = next.value
    const answer = await carryOut(step, cluster, wire)
    if (step.kind === 'call') transcript.add(name, step, answer)
    if (step.kind === 'hear') transcript.add(name, step.call, answer)
    next = script.next(answer)
  }
}

async function carryOut(step: Step, cluster: KafkaCluster, wire: KafkaWire): Promise<Answer> {
  switch (step.kind) {
    case 'call':
      return wire.ask(step, cluster.portOf(step.to))
    case 'begin':
    case 'hear':
      return wire.ask(step.call, cluster.portOf(step.call.to), step.kind)
    case 'pause':
      await sleep(step.ms)
      break
    case 'kill':
      await cluster.kill(step.broker)
      break
    case 'stop':
      await cluster.stop(step.broker)
      break
    case 'start':
      cluster.startNode(step.broker)
      break
    default:
      step satisfies never
  }
  return { kind: 'silence' }
}
