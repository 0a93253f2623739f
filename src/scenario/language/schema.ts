// The scenario file: every key of it that is built, once. Validation, `--set` and the JSON Schema for editors all come
// from here. A union of forms has the mapping last; findings rely on that.

import * as z from 'zod'
import { BUGGIFY_IDS, type BuggifyId, isBuggifyId } from '../../buggify/points.ts'
import { SWITCHES, type SwitchDefinition } from '../../switches/switches.ts'
import { editSuggestion } from '../../config/did-you-mean.ts'
import { KAFKA_VERSIONS } from '../../config/versions.ts'
import { isMetadataVersion, METADATA_VERSION_NAMES, type MetadataVersion } from '../../switches/features.ts'
import { consumer, monitor, producer } from './client-schema.ts'
import { configSchema } from './config-literals.ts'
import { expectationJson, SAFETY_EXPECTATIONS, type Where } from './expectation.ts'
import { INVARIANT_IDS } from '../../invariants/invariant-ids.ts'
import { faultSchema } from '../faults/fault-schema.ts'
import {
  bandwidth,
  drawn,
  duration,
  failed,
  flag,
  integer,
  isMapping,
  type JsonFragment,
  latency,
  type Literal,
  oneOfKeys,
  probability,
  schemaOf,
  text,
  wrongType,
} from '../text/literals.ts'
import { nemesisSchema } from '../nemesis/nemesis-schema.ts'

/** What names of topics and clients are made of (`checkNames`). */
const NAMES = { propertyNames: { pattern: '^[A-Za-z0-9._-]{1,249}$' } }

const setting = (literal: Literal<number>, description: string) => schemaOf(drawn(literal, true), description)

const version: Literal<string> = {
  expected: 'a quoted Kafka version',
  json: { enum: [...KAFKA_VERSIONS] },
  read: (raw) => {
    if (typeof raw === 'string') return { value: raw }
    if (typeof raw !== 'number') return wrongType(version, raw)
    const meant = Number.isInteger(raw) ? `${raw}.0` : String(raw)
    return failed('KS107', `expected a Kafka version, found the number ${raw}`, `quote it: "${meant}"`)
  },
}

const metadataVersion: Literal<MetadataVersion> = {
  expected: 'a level such as "3.6-IV2"',
  json: { enum: METADATA_VERSION_NAMES },
  read: (raw) => {
    if (typeof raw !== 'string') return wrongType(metadataVersion, raw)
    if (isMetadataVersion(raw)) return { value: raw }
    const near = editSuggestion(raw, METADATA_VERSION_NAMES)
    const suggestion = near === undefined ? `known are ${METADATA_VERSION_NAMES.join(', ')}` : `did you mean "${near}"?`
    return failed('KS120', `there is no metadata.version "${raw.slice(0, 60)}"`, suggestion)
  },
}

/** A feature that is on or off. */
const featureLevel: Literal<0 | 1> = {
  expected: '0 or 1',
  json: { enum: [0, 1] },
  read: (raw) => (raw === 0 || raw === 1 ? { value: raw } : wrongType(featureLevel, raw)),
}

const switches = z.strictObject(
  Object.fromEntries(
    Object.entries<SwitchDefinition>(SWITCHES).map(([name, definition]) => [
      name,
      schemaOf(switchValue(definition), `${definition.says} — ${definition.rule}, ${definition.changedBy}`).optional(),
    ]),
  ),
)

const buggifyFlag: Literal<boolean> = {
  ...flag,
  expected: 'true, false or a list of buggify points',
  read: (raw) => (typeof raw === 'boolean' ? { value: raw } : wrongType(buggifyFlag, raw)),
}

const buggifyPoint: Literal<BuggifyId> = {
  expected: 'the id of a buggify point',
  json: { enum: [...BUGGIFY_IDS] },
  read: (raw) => {
    if (typeof raw !== 'string') return wrongType(buggifyPoint, raw)
    if (isBuggifyId(raw)) return { value: raw }
    const near = editSuggestion(raw, BUGGIFY_IDS)
    const suggestion = near === undefined ? '`kafkasim list buggify` lists them' : `did you mean "${near}"?`
    return failed('KS115', `there is no buggify point "${raw}"`, suggestion)
  },
}

const brokerConfig = configSchema('broker').optional()

const broker = z.strictObject({
  id: schemaOf(integer(0, 999_999), 'The broker id.'),
  rack: schemaOf(text, 'Its rack.').optional(),
  kafka: schemaOf(drawn(version, false), 'Its own release; default: that of the file.').optional(),
  data: schemaOf(text, 'A directory of Kafka segment files that it begins with, beside this file.').optional(),
  config: brokerConfig,
})

const features = z.strictObject({
  'metadata.version': schemaOf(drawn(metadataVersion, false), 'Default: the newest of the oldest node.').optional(),
  'eligible.leader.replicas.version': schemaOf(
    drawn(featureLevel, false),
    'KIP-966; default 1 from metadata.version 4.1-IV0 on, as in a new cluster.',
  ).optional(),
})

const cluster = z.strictObject({
  brokers: z
    .union([setting(integer(1, 100), 'How many brokers, with ids from 1.'), z.array(broker)])
    .meta({ description: 'How many brokers, with ids from 1; or a list of brokers.' }),
  racks: z.array(schemaOf(text, 'A rack.')).optional().describe('Brokers are spread over these in turn.'),
  controllers: schemaOf({ ...integer(1), json: { const: 1 } }, 'Dedicated controllers; only 1 is built.').optional(),
  features: features.optional().describe('Feature levels, whatever the releases of the nodes could do.'),
  config: brokerConfig,
})

const topic = z.strictObject({
  partitions: setting(integer(1, 10_000), 'Default: num.partitions of the cluster.').optional(),
  'replication.factor': setting(integer(1, 100), 'Default: default.replication.factor of the cluster.').optional(),
  replicas: z
    .array(z.array(schemaOf(integer(0, 999_999), 'A broker id.')))
    .optional()
    .describe('Broker ids by partition, the preferred leader first.'),
  config: configSchema('topic').optional(),
})

const links = z.strictObject({
  latency: schemaOf(latency, 'One way, drawn for each message.').optional(),
  bandwidth: setting(bandwidth, 'Width of each link, each way.').optional(),
})

const network = z.strictObject({
  default: links.optional().describe('All links that nothing more special is said of.'),
  racks: links.optional().describe('Links between racks.'),
  client: links.optional().describe('Links between clients and brokers.'),
  replication: links.optional().describe('Links among brokers.'),
  controller: links.optional().describe('Links between brokers and the controller.'),
})

const disk = z.strictObject({
  'sync-latency': schemaOf(latency, 'How long a sync takes, drawn for each.').optional(),
  'read-latency': schemaOf(latency, 'How long a read of what is not cached takes.').optional(),
  'write-bandwidth': setting(bandwidth, 'Transfer rate of writes.').optional(),
  'read-bandwidth': setting(bandwidth, 'Transfer rate of reads.').optional(),
  flush: schemaOf(flushAge(), 'Age at which the system writes changes back unasked, or never.').optional(),
  'torn-write': schemaOf(probability, 'Chance that a power loss tears the last write that survives.').optional(),
  'zeroed-tail': schemaOf(probability, 'Chance that what a torn write lacks is zeros, not missing.').optional(),
})

const PLAIN = { type: ['string', 'number', 'boolean', 'null'] }

/** `{ acks: 1 }`, or a list of values, any of which will do. */
const whereLiteral: Literal<Where> = {
  expected: 'a mapping such as { acks: 1 }',
  json: {
    type: 'object',
    minProperties: 1,
    additionalProperties: { anyOf: [PLAIN, { type: 'array', items: PLAIN }] },
  },
  read: (raw) => {
    if (!isMapping(raw) || Object.keys(raw).length === 0) return wrongType(whereLiteral, raw)
    const entries = Object.entries(raw).map(([name, value]) => [name, Array.isArray(value) ? value : [value]] as const)
    const odd = entries.find(([, values]) => values.some((value) => typeof value === 'object' && value !== null))
    if (odd !== undefined) {
      return failed('KS104', `where: ${odd[0]} is compared with values such as 1 or all, not with lists or mappings`)
    }
    return { value: Object.fromEntries(entries) }
  },
}

/** Read apart from the rest (`readMatrix`): by now it is good, or known to be bad. */
const matrixLiteral: Literal<unknown> = {
  expected: 'a matrix',
  json: {
    anyOf: [
      {
        type: 'object',
        properties: {
          include: {
            description: 'Rows: a label, and the paths that each sets.',
            type: 'array',
            minItems: 1,
            items: {
              type: 'object',
              properties: { label: { type: 'string', description: 'What the row is called.' } },
              required: ['label'],
            },
          },
        },
        required: ['include'],
        additionalProperties: false,
      },
      {
        type: 'object',
        minProperties: 1,
        properties: { include: false },
        additionalProperties: { type: 'array', minItems: 1, uniqueItems: true },
      },
    ],
  },
  read: (raw) => ({ value: raw }),
}

const EXPECTED = expectationJson()
const SOUGHT = expectationJson(INVARIANT_IDS)
/** `- "finds: x"` is the same as `- finds: x`. */
const EITHER = { anyOf: [...EXPECTED.anyOf, { type: 'string', pattern: String.raw`^\s*finds:` }] }
const ALLOWED = ['stuck', ...SAFETY_EXPECTATIONS]

const sentence = (json: JsonFragment) => schemaOf({ ...text, json }, 'An expectation.')
const sentences = (json: JsonFragment) => z.union([sentence(json), z.array(sentence(json))])
const judged = z.strictObject({
  where: schemaOf(whereLiteral, 'Rows of the matrix that this is about: { acks: 1 }, { label: eager }.').optional(),
  pass: sentences(EXPECTED).optional().describe('What must hold in these rows.'),
  finds: sentences(SOUGHT).optional().describe('An expectation or invariant that must be broken.'),
})

export const scenarioSchema = z
  .strictObject({
    name: schemaOf(text, 'Default: the name of the file.').optional(),
    description: schemaOf(text, 'What the scenario is about.').optional(),
    kafka: schemaOf(drawn(version, false), 'Kafka release: defaults and behaviour; default "4.0".').optional(),
    switches: switches
      .optional()
      .describe('Behaviour that differs from the release: historical defects, fixes undone.'),
    buggify: z
      .union([
        schemaOf(buggifyFlag, 'All, each with its chance; or none.'),
        z.array(schemaOf(buggifyPoint, 'A buggify point.')),
      ])
      .optional()
      .describe('Legal but rare behaviour: true draws which points a run has on; a list switches those on.'),
    seed: schemaOf(integer(0), 'The seed if the command line gives none.').optional(),
    duration: setting(duration, 'When producers stop and faults heal.'),
    settle: setting(duration, 'How long the cluster may take to come to rest; default 60s.').optional(),
    cluster: cluster.describe('Brokers, racks, features, and the broker configs of all of them.'),
    topics: z.record(z.string(), topic).meta({ ...NAMES, description: 'Topics by name.' }),
    producers: z
      .record(z.string(), producer)
      .optional()
      .meta({ ...NAMES, description: 'Producers by name.' }),
    consumers: z
      .record(z.string(), consumer.meta(oneOfKeys('oneOf', ['topic', 'topics'])))
      .optional()
      .meta({
        ...NAMES,
        description:
          'Consumers by name: a group with `members`; else one reader, assigned its partitions, in no group.',
      }),
    monitors: z
      .record(z.string(), monitor)
      .optional()
      .meta({
        ...NAMES,
        description: 'Clients by name that ask again and again how far a topic may be read (ListOffsets latest).',
      }),
    network: network.optional().describe('The network; default: that of one data centre.'),
    disk: disk.optional().describe('The disks; default: ordinary data-centre SSDs.'),
    matrix: schemaOf(matrixLiteral, 'Runs the file once for each row: { path: [values] } or include: rows.').optional(),
    faults: z.array(faultSchema).optional().describe('What goes wrong, and when.'),
    nemesis: nemesisSchema.optional().describe('Breaks things at random all through the run.'),
    expect: z
      .array(z.union([sentence(EITHER), judged.meta(oneOfKeys('anyOf', ['pass', 'finds']))]))
      .optional()
      .describe('What must hold; `finds:` what must be broken.'),
    allow: z
      .array(
        z.union([
          schemaOf({ ...text, json: { enum: ALLOWED } }, 'An anomaly.'),
          z.record(z.string(), schemaOf(text, 'Because.')).meta({ propertyNames: { enum: ALLOWED }, maxProperties: 1 }),
        ]),
      )
      .optional()
      .describe('Anomalies that fail nothing: `- stuck: "the reason"`.'),
  })
  .meta({ title: 'kafkasim scenario' })

/** A file as it is read: literals parsed, what is left to chance not drawn, references not checked. */
export type ScenarioShape = z.output<typeof scenarioSchema>

function switchValue(definition: SwitchDefinition): Literal<boolean | string> {
  const literal: Literal<boolean | string> = {
    expected: definition.values.join(' or '),
    json: { enum: [...definition.values] },
    read: (raw) => {
      const value = definition.values.find((known) => known === raw)
      return value === undefined ? wrongType(literal, raw) : { value }
    },
  }
  return literal
}

/** In µs; Infinity: never. */
function flushAge(): Literal<number> {
  const json = { anyOf: [{ const: 'never' }, duration.json] }
  return { ...duration, json, read: (raw) => (raw === 'never' ? { value: Infinity } : duration.read(raw)) }
}
