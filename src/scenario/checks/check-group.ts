// What goes with a consumer group (`members:`) and what with a reader that is in none.

import { ASSIGNOR_NAMES, assignorNamed } from '../../client/assignors/assignors.ts'
import { editSuggestion } from '../../config/did-you-mean.ts'
import type { ScenarioShape } from '../language/schema.ts'
import { extremes, highest } from '../text/draw.ts'
import type { ConfigDraws } from '../language/config-literals.ts'
import type { SourcePath } from '../text/source-tree.ts'
import type { CheckContext } from './check-context.ts'
import { checkTopicReference } from './check-topic-reference.ts'

type ConsumerShape = NonNullable<ScenarioShape['consumers']>[string]

const GROUP_KEYS = [
  'client',
  'process',
  'slow',
  'commit',
  'from',
  'workers',
  'queue',
  'fails',
  'poison',
  'restart',
] as const

/** Configs that mean something to members of groups only. */
const GROUP_CONFIGS = [
  'auto.commit.interval.ms',
  'default.api.timeout.ms',
  'enable.auto.commit',
  'group.instance.id',
  'heartbeat.interval.ms',
  'max.poll.interval.ms',
  'max.poll.records',
  'partition.assignment.strategy',
  'session.timeout.ms',
] as const

export function checkGroup(context: CheckContext, name: string, consumer: ConsumerShape): void {
  const path = ['consumers', name]
  const refuse = (key: string, message: string, suggestion?: string) =>
    context.reportKey([...path, ...key.split('/')], { code: 'KS206', message, suggestion })
  if (consumer.members === undefined) {
    const suggestion = 'write members: 1 to make it a group'
    for (const key of GROUP_KEYS) {
      if (consumer[key] !== undefined) refuse(key, `${key} goes with members only`, suggestion)
    }
    for (const key of GROUP_CONFIGS) {
      if (consumer.config?.[key] !== undefined) refuse(`config/${key}`, `${key} goes with members only`, suggestion)
    }
    return
  }
  if (consumer.partitions !== undefined) {
    refuse('partitions', 'a group assigns partitions to its members itself', 'leave out partitions, or members')
  }
  checkApplication(context, consumer, path)
  checkIntervals(context, name, consumer)
  checkAssignors(context, consumer.config, [...path, 'config'])
  const instance = consumer.config?.['group.instance.id']
  const ids = instance === undefined ? [] : extremes(instance).map(String)
  if (highest(consumer.members) > 1 && ids.some((id) => !id.includes('{index}'))) {
    context.report([...path, 'config', 'group.instance.id'], {
      code: 'KS113',
      severity: 'warn',
      message: 'all members have one group.instance.id: each fences the one before',
      suggestion: `write "${name}-{index}"`,
    })
  }
}

/** What its application does must make sense. */
function checkApplication(context: CheckContext, consumer: ConsumerShape, path: readonly string[]): void {
  const { workers, queue, slow, poison } = consumer
  const refuse = (key: string, message: string, suggestion?: string) =>
    context.reportKey([...path, ...key.split('/')], { code: 'KS206', message, suggestion })
  if (consumer.client === 'kafkajs' && workers !== undefined) {
    refuse('workers', 'kafkajs hands out one record after the other', 'leave out workers, or write client: java')
  }
  if (consumer.client === 'kafkajs' && (consumer.commit === 'before' || consumer.commit === 'async')) {
    refuse('commit', 'kafkajs commits what was handled', 'write commit: after, or never')
  }
  if (queue !== undefined && workers === undefined) refuse('queue', 'queue goes with workers only')
  if (slow !== undefined && (slow.record === undefined) === (slow.every === undefined)) {
    context.reportKey([...path, 'slow'], { code: 'KS102', message: 'slow needs record or every, and not both' })
  }
  if (typeof poison !== 'object') return
  const { by, then: giveUp, topic, tries = 1, backoff } = poison
  if (by === 'seek' && workers !== undefined) {
    refuse('poison/by', 'workers cannot seek: what follows the record is with other workers', 'write by: in-place')
  }
  for (const [key, value] of Object.entries({ by, backoff })) {
    if (value !== undefined && tries === 1) refuse(`poison/${key}`, `${key} goes with more than one of tries`)
  }
  if (giveUp !== undefined && tries === Infinity) refuse('poison/then', 'who tries for ever never gives up')
  if ((giveUp === 'dead-letter') !== (topic !== undefined)) {
    const message = topic === undefined ? 'dead-letter needs a topic' : 'topic goes with then: dead-letter only'
    context.reportKey([...path, 'poison'], { code: topic === undefined ? 'KS102' : 'KS206', message })
  }
  if (topic !== undefined) checkTopicReference(context, topic, [...path, 'poison', 'topic'], 'KS142')
}

/** `path`: of the configs. */
export function checkAssignors(context: CheckContext, config: ConfigDraws | undefined, path: SourcePath): void {
  const strategy = config?.['partition.assignment.strategy']
  for (const value of strategy === undefined ? [] : extremes(strategy)) {
    const names = Array.isArray(value) ? value.map(String) : String(value).split(',')
    for (const each of names.map((written) => written.trim())) {
      if (assignorNamed(each) !== undefined) continue
      const near = editSuggestion(each, ASSIGNOR_NAMES)
      const suggestion = near === undefined ? `there are ${ASSIGNOR_NAMES.join(', ')}` : `did you mean "${near}"?`
      context.report([...path, 'partition.assignment.strategy'], {
        code: 'KS111',
        message: `there is no assignor "${each}"`,
        suggestion,
      })
    }
  }
}

/** Kafka's consumer refuses to start otherwise. */
function checkIntervals(context: CheckContext, name: string, { config, client }: ConsumerShape): void {
  const heartbeat = config?.['heartbeat.interval.ms']
  const session = config?.['session.timeout.ms']
  const heartbeatMs = heartbeat === undefined ? DEFAULT_HEARTBEAT_MS : Math.max(...extremes(heartbeat).map(Number))
  const byDefaultMs = client === 'kafkajs' ? KAFKAJS_SESSION_MS : DEFAULT_SESSION_MS
  const sessionMs = session === undefined ? byDefaultMs : Math.min(...extremes(session).map(Number))
  if (heartbeatMs < sessionMs) return
  const key = heartbeat === undefined ? 'session.timeout.ms' : 'heartbeat.interval.ms'
  const message = `heartbeat.interval.ms (${heartbeatMs}) must be below session.timeout.ms (${sessionMs})`
  context.report(['consumers', name, 'config', key], { code: 'KS113', message })
}

const DEFAULT_HEARTBEAT_MS = 3000
const DEFAULT_SESSION_MS = 45_000
const KAFKAJS_SESSION_MS = 30_000
