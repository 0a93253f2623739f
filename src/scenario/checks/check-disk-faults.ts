// Faults of disks: what goes together, and that what is named is there.

import { logDirPath, logDirPaths } from '../../broker/log-dirs.ts'
import type { FaultShape } from '../faults/fault-schema.ts'
import type { SourcePath } from '../text/source-tree.ts'
import type { CheckContext } from './check-context.ts'
import { ofBrokers } from './possible-values.ts'
import { targetsIn } from './fault-targets.ts'
import { checkTopicReference } from './check-topic-reference.ts'

const WITH_DIR = ['slow-disk', 'stall-disk', 'disk-full', 'disk-error', 'lying-sync'] as const

function checkDirs(context: CheckContext, fault: FaultShape, path: SourcePath): void {
  const dirs = ofBrokers(context, 'log.dirs').flatMap((written) =>
    typeof written === 'string' ? [...logDirPaths(written)] : [],
  )
  for (const verb of WITH_DIR) {
    const written = fault[verb]
    const dir = written === undefined || 'length' in written ? undefined : written.dir
    if (dir === undefined || dirs.includes(logDirPath(dir))) continue
    const suggestion = dirs.length === 0 ? 'cluster.config has no log.dirs' : `log.dirs: /${dirs.join(', /')}`
    context.report([...path, verb, 'dir'], { code: 'KS204', message: `no log directory "${dir}"`, suggestion })
  }
}

/** Clients keep nothing on disks. */
function checkOwners(context: CheckContext, fault: FaultShape, path: SourcePath): void {
  for (const { target, at } of targetsIn(fault, path)) {
    const verb = [...WITH_DIR, 'corrupt' as const].find((each) => each === at.at(-1))
    if (verb === undefined || (target.kind !== 'producer' && target.kind !== 'consumer')) continue
    const message = `"${target.text}" has nothing on a disk: ${verb} takes brokers and controllers`
    context.report(at, { code: 'KS204', message, suggestion: 'write broker:1, leader(orders-0) or controller' })
  }
}

export function checkDisks(context: CheckContext, fault: FaultShape, path: SourcePath): void {
  checkOwners(context, fault, path)
  checkDirs(context, fault, path)
  const { corrupt } = fault
  if (corrupt === undefined || 'length' in corrupt) return
  const at = (key: string) => [...path, 'corrupt', key]
  const refuse = (key: string, message: string, suggestion?: string) =>
    context.reportKey(at(key), { code: 'KS206', message, suggestion })
  const { partition, offset, file, position } = corrupt
  if (partition !== undefined && file !== undefined) refuse('file', 'corrupt takes partition or file, not both')
  if (offset !== undefined && partition === undefined) refuse('offset', 'offset goes with partition: of which log?')
  if (position !== undefined && file === undefined) refuse('position', 'position goes with file: of which file?')
  if (file !== undefined && (file.startsWith('/') || file.split('/').includes('..'))) {
    refuse('file', 'file is below the log directory', 'write orders-0/leader-epoch-checkpoint')
  }
  if (partition === undefined || !checkTopicReference(context, partition.topic, at('partition'), 'KS204')) return
  const count = context.partitionsOf(partition.topic)
  if (count === undefined || partition.partition < count) return
  const message = `${partition.topic} has no partition ${partition.partition}: it has ${count}, counted from 0`
  context.report(at('partition'), { code: 'KS204', message })
}
