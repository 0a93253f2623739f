// What was run, before what happened: the cluster and its clients in a line each, what was drawn from the seed, and which
// configs of the file mean nothing here.

import type { RunSetup } from '../../src/scenario/run-setup.ts'
import type { RunResult } from '../../src/scenario/run-result.ts'
import { counted } from '../figures.ts'
import { printable, widthOf, wrap } from './cell-text.ts'
import { labelled, type Labelled, type Layout } from './layout.ts'

const MAX_DRAWN = 24

export function headerLines(layout: Layout, { verdict, description, setup, withoutEffect }: RunResult): string[] {
  const { palette: paint, columns } = layout
  const name = printable(verdict.scenario)
  const facts = `seed ${verdict.seed}  Kafka ${printable(verdict.kafka)}`
  const title = `${paint.heading(name)}  ${paint.faint(facts)}`
  const titles =
    widthOf(`${name}  ${facts}`) <= columns
      ? [title]
      : [...wrap(name, columns).map((line) => paint.heading(line)), `  ${paint.faint(facts)}`]
  const about = description.trim() === '' ? [] : wrap(description, columns - 2).map((line) => `  ${line}`)
  return [
    ...titles,
    ...about,
    '',
    ...labelled(layout, 2, [
      { label: 'cluster', text: clusterText(setup) },
      ...several('topics', setup.topics.map(topicText)),
      ...several('producers', setup.producers.map(producerText)),
      ...several(
        'consumers',
        setup.consumers.map(({ name: who, topics }) => `${who} ← ${topics.join(', ')}`),
      ),
      ...several('switches', setup.switches, paint.notable),
      ...several('drawn', drawnTexts(setup), paint.info),
      ...several('no effect', withoutEffect, paint.notable),
    ]),
  ]
}

/** One label for several lines. */
function several(label: string, texts: readonly string[], paint?: (text: string) => string): Labelled[] {
  return texts.map((text, i) => ({ label: i === 0 ? label : '', text, ...(paint && { paint }) }))
}

function clusterText({ brokers, eligibleLeaderReplicas }: RunSetup): string {
  const parts = [counted(brokers.length, 'broker')]
  const racks = [...new Set(brokers.map(({ rack }) => rack))].filter((rack) => rack !== null)
  if (racks.length > 0) {
    const perRack = racks.map(
      (rack) =>
        `${rack}: ${brokers
          .filter((b) => b.rack === rack)
          .map(({ id }) => id)
          .join(',')}`,
    )
    parts.push(`racks ${perRack.join('; ')}`)
  }
  const versions = [...new Set(brokers.map(({ kafka }) => kafka))]
  if (versions.length > 1) {
    const perVersion = versions.map(
      (v) =>
        `${v} on ${brokers
          .filter(({ kafka }) => kafka === v)
          .map(({ id }) => id)
          .join(',')}`,
    )
    parts.push(`Kafka ${perVersion.join('; ')}`)
  }
  if (eligibleLeaderReplicas) parts.push('eligible leader replicas')
  return parts.join(', ')
}

function topicText(topic: RunSetup['topics'][number]): string {
  const { name, partitions, replicationFactor, minInsyncReplicas, uncleanElection } = topic
  const unclean = uncleanElection ? ', unclean elections allowed' : ''
  return `${name}: ${counted(partitions, 'partition')}, RF ${replicationFactor}, min.insync.replicas ${minInsyncReplicas}${unclean}`
}

function producerText(producer: RunSetup['producers'][number]): string {
  const { name, topic, count, acks, idempotent } = producer
  const sends = count === 1 ? loadText(producer) : `${count} × ${loadText(producer)}`
  return `${name} → ${topic}: ${sends}, acks=${acks === -1 ? 'all' : acks}${idempotent ? ', idempotent' : ''}`
}

function loadText({ ratePerSecond, outstanding, varies }: RunSetup['producers'][number]): string {
  if (ratePerSecond === undefined) return `${outstanding} at a time`
  const rate = `${Number.isInteger(ratePerSecond) ? ratePerSecond : ratePerSecond.toFixed(2)}/s`
  return varies === true ? `up to ${rate}` : rate
}

function drawnTexts({ drawn }: RunSetup): string[] {
  const texts = drawn.slice(0, MAX_DRAWN).map(({ path, value, from }) => `${path} = ${value} (drawn from ${from})`)
  return drawn.length > MAX_DRAWN ? [...texts, `… ${drawn.length - MAX_DRAWN} more`] : texts
}
