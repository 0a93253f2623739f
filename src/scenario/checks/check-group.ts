// What goes with a consumer group (`members:`) and what with a reader that is in none.

import { ASSIGNOR_NAMES, assignorNamed } from '../../client/assignors/assignors.ts'
import { editSuggestion } from '../../config/did-you-mean.ts'
import type { ScenarioShape } from '../language/schema.ts'
import { extremes, highest } from '../text/draw.ts'
import type { CheckContext } from './check-context.ts'

type ConsumerShape = NonNullable<ScenarioShape['consumers']>[string]

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
    for (const key of ['process', 'commit', 'fails'] as const) {
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
  checkIntervals(context, name, consumer)
  checkAssignors(context, name, consumer)
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

function checkAssignors(context: CheckContext, name: string, { config }: ConsumerShape): void {
  const strategy = config?.['partition.assignment.strategy']
  for (const value of strategy === undefined ? [] : extremes(strategy)) {
    const names = Array.isArray(value) ? value.map(String) : String(value).split(',')
    for (const each of names.map((written) => written.trim())) {
      if (assignorNamed(each) !== undefined) continue
      const near = editSuggestion(each, ASSIGNOR_NAMES)
      const suggestion = near === undefined ? `there are ${ASSIGNOR_NAMES.join(', ')}` : `did you mean "${near}"?`
      const path = ['consumers', name, 'config', 'partition.assignment.strategy']
      context.report(path, { code: 'KS111', message: `there is no assignor "${each}"`, suggestion })
    }
  }
}

/** Kafka's consumer refuses to start otherwise. */
function checkIntervals(context: CheckContext, name: string, { config }: ConsumerShape): void {
  const heartbeat = config?.['heartbeat.interval.ms']
  const session = config?.['session.timeout.ms']
  const heartbeatMs = heartbeat === undefined ? DEFAULT_HEARTBEAT_MS : Math.max(...extremes(heartbeat).map(Number))
  const sessionMs = session === undefined ? DEFAULT_SESSION_MS : Math.min(...extremes(session).map(Number))
  if (heartbeatMs < sessionMs) return
  const key = heartbeat === undefined ? 'session.timeout.ms' : 'heartbeat.interval.ms'
  const message = `heartbeat.interval.ms (${heartbeatMs}) must be below session.timeout.ms (${sessionMs})`
  context.report(['consumers', name, 'config', key], { code: 'KS113', message })
}

const DEFAULT_HEARTBEAT_MS = 3000
const DEFAULT_SESSION_MS = 45_000
