// Consumer groups: few members with short sessions, any assignor or a list of them, every way to commit, and work on each
// record that the members together can do. What a group is promised depends on these; faults are drawn elsewhere.

import { ASSIGNOR_NAMES } from '../client/assignors/assignors.ts'
import type { Dice } from './dice.ts'
import type { StageGroup } from './stage.ts'

export interface DrawnGroup {
  /** As it stands in the file. */
  readonly spec: {
    readonly topics: readonly string[]
    readonly members: number
    readonly commit?: string
    readonly fails?: object
    readonly config: { readonly 'auto.offset.reset': string; readonly [key: string]: unknown }
    readonly [key: string]: unknown
  }
  readonly stage: StageGroup
  /** Nobody of it gets past what it cannot handle. */
  readonly isBlocked?: boolean
}

export interface GroupNeeds {
  readonly topics: readonly string[]
  readonly brokers: number
  /** Records a second that a group has to read, at most. */
  readonly load: number
  /** Runs that last for minutes: offsets may expire in them. */
  readonly isLong: boolean
}

export interface DrawnGroups {
  readonly groups: { readonly [name: string]: DrawnGroup }
  /** Of all brokers. */
  readonly config: { readonly [key: string]: unknown }
}

export function drawGroups(dice: Dice, needs: GroupNeeds): DrawnGroups {
  const groups: { [name: string]: DrawnGroup } = {}
  const count = dice.chance(12) ? 2 : 1
  for (let i = 0; i < count; i++) {
    const name = `g${i + 1}`
    groups[name] = drawGroup(dice, name, needs)
  }
  return { groups, config: drawCoordinators(dice, needs) }
}

function drawGroup(dice: Dice, name: string, { topics, load }: GroupNeeds): DrawnGroup {
  const own = topics.length > 1 && dice.chance(30) ? [dice.pick(topics)] : topics
  const members = dice.weighted([
    [2, 1],
    [6, 2],
    [4, 3],
    [2, 4],
    [1, 6],
  ])
  const sessionMs = dice.spread(1000, 6000)
  // As long as this a join waits for an answer that nobody sends any more: a run has to outlast it.
  const pollMs = dice.chance(80) ? dice.between(3000, 15_000) : dice.between(15_000, 40_000)
  // One member alone can do it in half its time: a group may have lost all others.
  const processMs = dice.chance(45) ? dice.spread(1, 20) : 0
  const bearableMs = Math.min(processMs, Math.floor(500 / load))
  const isAuto = dice.chance(50)
  const commit = isAuto ? (dice.chance(20) ? drawCommit(dice) : undefined) : drawCommit(dice)
  const fails = dice.chance(6) ? drawFailure(dice) : undefined
  const requestMs = dice.between(800, 4000)
  return {
    spec: {
      topics: own,
      members,
      ...(bearableMs > 0 ? { process: `${bearableMs}ms` } : {}),
      ...(commit === undefined ? {} : { commit }),
      ...(fails === undefined ? {} : { fails }),
      ...(dice.chance(15) ? { start: `${dice.spread(50, 8000)}ms` } : {}),
      config: {
        'auto.offset.reset': dice.chance(85) ? 'earliest' : 'latest',
        'session.timeout.ms': sessionMs,
        'heartbeat.interval.ms': Math.floor(sessionMs / dice.between(3, 8)),
        'max.poll.interval.ms': pollMs,
        ...polledAtOnce(drawPolls(dice, bearableMs, pollMs), commit, load),
        'enable.auto.commit': isAuto,
        ...(isAuto && dice.chance(70) ? { 'auto.commit.interval.ms': dice.spread(50, 5000) } : {}),
        ...(dice.chance(80) ? { 'partition.assignment.strategy': drawAssignors(dice) } : {}),
        ...(dice.chance(30) ? { 'group.instance.id': `${name}-{index}` } : {}),
        'fetch.max.wait.ms': dice.spread(20, 500),
        'request.timeout.ms': requestMs,
        ...(dice.chance(60) ? { 'default.api.timeout.ms': requestMs + dice.spread(100, 15_000) } : {}),
        'metadata.max.age.ms': dice.spread(300, 10_000),
        'retry.backoff.ms': dice.spread(10, 200),
      },
    },
    stage: { name, members, sessionMs, pollMs, topics: own },
  }
}

/** What one poll hands out is done long before the next one is due. */
function drawPolls(dice: Dice, processMs: number, pollMs: number): { readonly [key: string]: number } {
  const most = processMs === 0 ? 500 : Math.min(500, Math.floor(pollMs / 3 / processMs))
  if (most >= 500 && dice.chance(50)) return {}
  return { 'max.poll.records': dice.spread(1, Math.max(2, most)) }
}

/** Who waits for a commit after each poll keeps up only if a poll hands out what came meanwhile. */
function polledAtOnce(
  polls: { readonly [key: string]: number },
  commit: string | undefined,
  load: number,
): { readonly [key: string]: number } {
  const records = polls['max.poll.records']
  if (records === undefined || (commit !== 'after' && commit !== 'before')) return polls
  return { 'max.poll.records': Math.max(records, Math.ceil(load)) }
}

function drawCommit(dice: Dice): string {
  return dice.weighted([
    [6, 'after'],
    [4, 'async'],
    [1, 'before'],
    [1, 'never'],
  ])
}

/** A record that the application cannot handle: it closes its consumer, or dies. */
function drawFailure(dice: Dice): object {
  const record = dice.spread(1, 200)
  return Object.fromEntries([['record', record], ...(dice.chance(60) ? [['then', 'crash']] : [])])
}

/** One, or several in an order of preference; all members have the same. */
function drawAssignors(dice: Dice): string {
  const left = [...ASSIGNOR_NAMES]
  const count = dice.weighted([
    [6, 1],
    [3, 2],
    [1, 3],
  ])
  const chosen = Array.from({ length: count }, () => left.splice(dice.between(0, left.length - 1), 1)[0] ?? 'range')
  return chosen.join(',')
}

function drawCoordinators(dice: Dice, { brokers, isLong }: GroupNeeds): { readonly [key: string]: unknown } {
  return {
    'group.min.session.timeout.ms': 500,
    'group.initial.rebalance.delay.ms': dice.chance(30) ? 0 : dice.spread(50, 3000),
    'offsets.topic.num.partitions': dice.between(1, 3),
    'offsets.topic.replication.factor': dice.chance(85) ? Math.min(3, brokers) : dice.between(1, Math.min(3, brokers)),
    ...(dice.chance(25) ? { 'offsets.commit.timeout.ms': dice.spread(300, 5000) } : {}),
    ...(isLong
      ? { 'offsets.retention.minutes': 1, 'offsets.retention.check.interval.ms': dice.spread(200, 3000) }
      : {}),
  }
}
