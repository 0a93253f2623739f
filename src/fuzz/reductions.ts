// Smaller scenarios: what a case might do without, the largest parts first. Nothing is moved in time, so that what is left
// happens as it did; what no longer makes sense is refused by the loader, and costs nothing.

import { isMapping } from '../scenario/text/literals.ts'

type Plain = { readonly [key: string]: unknown }

/** What a run may be expected to keep was drawn to fit these: without them it would be broken for another reason. */
const PROMISED_BY = [
  'acks',
  'enable.idempotence',
  'min.insync.replicas',
  'unclean.leader.election.enable',
  'auto.offset.reset',
  'retries',
]
/** How long it takes until somebody who is gone is not waited for. */
const NOTICED_AFTER = ['broker.session.timeout.ms', 'broker.heartbeat.interval.ms', 'replica.lag.time.max.ms']

/** `fixed` are the top-level keys that have to stay as they are. */
export function* reductions(scenario: Plain, fixed: ReadonlySet<string>): Generator<Plain> {
  const { faults } = scenario
  if (Array.isArray(faults) && !fixed.has('faults')) {
    for (const fewer of shorterLists(faults)) yield { ...scenario, faults: fewer }
  }
  for (const section of ['monitors', 'consumers', 'producers', 'topics', 'network', 'disk']) {
    if (fixed.has(section)) continue
    for (const fewer of withoutOne(scenario[section])) yield { ...scenario, [section]: fewer }
  }
  for (const section of ['network', 'disk']) {
    if (!fixed.has(section) && scenario[section] !== undefined) yield without(scenario, section)
  }
  if (!fixed.has('kafka') && scenario['kafka'] !== undefined) yield without(scenario, 'kafka')
  if (!fixed.has('topics')) yield* fewerPartitions(scenario)
  for (const section of ['topics', 'producers', 'consumers', 'cluster']) {
    if (!fixed.has(section)) yield* plainerSettings(scenario, section)
  }
  if (Array.isArray(faults) && !fixed.has('faults')) yield* plainerFaults(scenario, faults)
}

/** Without its first half, its second half, quarters …, single items. */
function* shorterLists(list: readonly unknown[]): Generator<unknown[]> {
  for (let size = Math.ceil(list.length / 2); size >= 1; size = size === 1 ? 0 : Math.ceil(size / 2)) {
    for (let from = 0; from < list.length; from += size) yield list.filter((_, i) => i < from || i >= from + size)
  }
}

function* withoutOne(mapping: unknown): Generator<Plain> {
  if (!isMapping(mapping)) return
  for (const key of Object.keys(mapping)) {
    if (!PROMISED_BY.includes(key) && !NOTICED_AFTER.includes(key)) yield without(mapping, key)
  }
}

function without(mapping: Plain, key: string): Plain {
  return Object.fromEntries(Object.entries(mapping).filter(([other]) => other !== key))
}

function* fewerPartitions(scenario: Plain): Generator<Plain> {
  const { topics } = scenario
  if (!isMapping(topics)) return
  for (const [name, topic] of Object.entries(topics)) {
    if (!isMapping(topic)) continue
    const { partitions, replicas } = topic
    if (typeof partitions === 'number' && partitions > 1) {
      yield { ...scenario, topics: { ...topics, [name]: { ...topic, partitions: 1 } } }
    }
    if (Array.isArray(replicas) && replicas.length > 1) {
      yield { ...scenario, topics: { ...topics, [name]: { ...topic, replicas: replicas.slice(0, 1) } } }
    }
  }
}

/** Without one of the settings that the parts of a section have. */
function* plainerSettings(scenario: Plain, section: string): Generator<Plain> {
  const parts = scenario[section]
  if (!isMapping(parts)) return
  if (section === 'cluster') {
    if (parts['racks'] !== undefined) yield { ...scenario, cluster: without(parts, 'racks') }
    if (parts['features'] !== undefined) yield { ...scenario, cluster: without(parts, 'features') }
    for (const config of withoutOne(parts['config'])) yield { ...scenario, cluster: { ...parts, config } }
    return
  }
  for (const [name, part] of Object.entries(parts)) {
    if (!isMapping(part)) continue
    const put = (smaller: Plain): Plain => ({ ...scenario, [section]: { ...parts, [name]: smaller } })
    for (const key of ['count', 'tombstones', 'keys', 'size', 'poison'])
      if (part[key] !== undefined) yield put(without(part, key))
    for (const config of withoutOne(part['config'])) yield put({ ...part, config })
  }
}

function* plainerFaults(scenario: Plain, faults: readonly unknown[]): Generator<Plain> {
  for (const [i, fault] of faults.entries()) {
    if (!isMapping(fault)) continue
    const put = (plainer: Plain): Plain => ({ ...scenario, faults: faults.with(i, plainer) })
    for (const key of ['lose', 'torn-write', 'after']) if (fault[key] !== undefined) yield put(without(fault, key))
    if (fault['when'] !== undefined) yield put(without(without(fault, 'when'), 'after'))
    for (const verb of ['corrupt', 'disk-error', 'disk-full', 'lying-sync', 'slow-disk', 'stall-disk']) {
      const details = fault[verb]
      if (!isMapping(details)) continue
      for (const key of Object.keys(details)) if (key !== 'on') yield put({ ...fault, [verb]: without(details, key) })
    }
    for (const verb of ['partition', 'clog', 'latency']) {
      const links = fault[verb]
      if (isMapping(links) && links['one-way'] !== undefined) yield put({ ...fault, [verb]: without(links, 'one-way') })
    }
  }
}
