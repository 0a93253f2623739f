// What disks did: rot, syncs that lied, directories that failed. These rules come first, since what follows from a disk
// looks like something else to who does not know of it.

import type { FailedDir, Rot } from '../run-record.ts'
import {
  at,
  brokersText,
  capital,
  type Cause,
  type CauseRule,
  clusterSetting,
  type Cure,
  type FinishedRun,
  topicSetting,
} from './cause.ts'
import { type Loss, lossOf } from './loss-rules.ts'

const NOBODY_LOOKS: Cure = {
  text: 'nothing in Kafka looks for rot before somebody reads it: a file system with checksums does, and so do replicas that are read',
  set: [],
}

/** What no setting of Kafka guards against: bits that change, syncs that lie. */
export const ROT_RULES: ReadonlySet<string> = new Set([
  'rotten-record',
  'cut-at-rot',
  'lying-sync',
  'rot-leads-past',
  'rot',
  'follower-behind-rot',
  'rotten-file',
  'lied-file',
])

export const DISK_RULES: readonly CauseRule[] = [
  {
    id: 'rotten-record',
    says: 'a bit of a record changed on the disk of the leader, which cannot hand it out any more',
    recognise: (mishap, run) => {
      const loss = mishap.kind === 'lost' ? lossOf(mishap.record, run) : undefined
      if (loss === undefined || loss.without !== undefined) return undefined
      const rot = rotAt(loss, run, loss.past.tenures.at(-1)?.broker)
      if (rot === undefined) return undefined
      return {
        key: `rotten-record ${rot.partition}`,
        rule: 'rotten-record',
        happened:
          `${capital(acknowledged(loss))}. At ${at(rot.atUs)} a bit of its batch changed on the disk of ${rot.process}, which is ` +
          'the leader: the checksum does not fit any more, so readers refuse it, and followers that lack it cannot copy it. Who ' +
          'has a whole copy is not asked.',
        because: [],
        cites: 'R-26',
        cures: [NOBODY_LOOKS],
      }
    },
  },
  {
    id: 'cut-at-rot',
    says: 'recovery cut a log at a batch that had rotted, and what came behind it was lost',
    recognise: (mishap, run) => {
      const loss = mishap.kind === 'lost' ? lossOf(mishap.record, run) : undefined
      const { without } = loss ?? {}
      if (loss === undefined || without === undefined || loss.unclean !== undefined) return undefined
      const process = `broker-${without.broker}`
      const rot = run.record.rots.find(
        (each) =>
          each.partition === loss.record.partition &&
          each.process === process &&
          each.atUs < without.fromUs &&
          each.firstOffset <= loss.record.offset,
      )
      if (rot === undefined || without.startOffset > loss.record.offset) return undefined
      const found = run.record.recoveries.find(
        ({ broker, partition, logEndOffset, atUs }) =>
          broker === without.broker && partition === rot.partition && atUs > rot.atUs && logEndOffset <= rot.lastOffset,
      )
      if (found === undefined) return undefined
      return {
        key: `cut-at-rot ${rot.partition}`,
        rule: 'cut-at-rot',
        happened:
          `${capital(acknowledged(loss))}. At ${at(rot.atUs)} a bit of the batch with offsets ${rot.firstOffset} to ${rot.lastOffset} ` +
          `changed on the disk of ${process}. When it started again after an unclean stop, at ${at(found.atUs)}, recovery ` +
          `read the log, cut it at that batch, and dropped all that came behind it: the log ended at ${found.logEndOffset}. At ` +
          `${at(without.fromUs)} it became the leader, and the others cut theirs.`,
        because: [],
        cites: 'R-25, R-98',
        cures: [NOBODY_LOOKS],
      }
    },
  },
  {
    id: 'lying-sync',
    says: 'a disk said that a sync had ended when it had not',
    recognise: (mishap, run) => {
      const loss = mishap.kind === 'lost' ? lossOf(mishap.record, run) : undefined
      if (loss === undefined || loss.without === undefined || loss.unclean !== undefined) return undefined
      const { topic, past, record, without } = loss
      if (topic.config['flush.messages'] !== 1) return undefined
      const losers = past.lostAt(record.offset, 0, without.fromUs).map(({ broker }) => broker)
      const liars = losers.filter((id) => liedTo(`broker-${id}`, run))
      const [first] = past.lostAt(record.offset, 0, without.fromUs).filter(({ broker }) => liars.includes(broker))
      if (first === undefined) return undefined
      const who = brokersText([...new Set(liars)])
      return {
        key: `lying-sync ${topic.name}`,
        rule: 'lying-sync',
        happened:
          `${capital(acknowledged(loss))}, after a sync of the log. But the disk of ${who} had only said that the sync ` +
          `was done: it kept the bytes in a cache of its own, and at ${at(first.atUs)} the power failed. The log came back with ` +
          `an end of ${first.endAfter}.`,
        because: [topicSetting(run.scenario, topic, 'flush.messages', 'log.flush.interval.messages')],
        cites: 'R-19, R-21',
        cures: [
          { text: 'disks that sync when they are told to, or replicas whose power does not fail at once', set: [] },
        ],
      }
    },
  },
  {
    id: 'rot-leads-past',
    says: 'a reader was led past a batch by whose fields it could not be found any more',
    recognise: (mishap, run) => {
      if (mishap.kind !== 'read') return undefined
      const rot = run.record.rots.find(({ partition }) => partition === mishap.partition)
      return rot === undefined
        ? undefined
        : ofRot('rot-leads-past', rot, `${mishap.partition} is not read as it was written. `)
    },
  },
  {
    id: 'rot',
    says: 'bits changed on a disk, and a promise rested on them',
    recognise: (mishap, run) => {
      if (mishap.kind !== 'violation') return undefined
      const { excused, message, subject } = mishap.violation
      if (excused?.startsWith('C5:') !== true) return undefined
      const rot = run.record.rots.find(({ partition }) => partition === subject)
      if (rot !== undefined) return ofRot('rot', rot, `${message}. `)
      if (run.record.rottenFiles.length === 0) return undefined
      return {
        key: `rot ${subject}`,
        rule: 'rot',
        happened: `${message}. ${excused.replace(/^C5: a/, 'A')}.`,
        because: [],
        cites: 'R-26',
        cures: [NOBODY_LOOKS],
      }
    },
  },
  {
    id: 'follower-behind-rot',
    says: 'a follower is given bytes that fail their checksum, again and again',
    recognise: (mishap, run) => {
      if (mishap.kind !== 'stuck' || mishap.partition === undefined) return undefined
      const { partition } = mishap
      const rot = rotOfLeader(partition, run)
      const missing = run.missingReplicas.get(partition) ?? []
      if (rot === undefined || missing.length === 0) return undefined
      return {
        key: `follower-behind-rot ${partition}`,
        rule: 'follower-behind-rot',
        happened:
          `At ${at(rot.atUs)} a bit of the log of ${rot.process} changed, ${whereIs(rot)}. It leads ${partition}. ` +
          `${capital(brokersText(missing))} must copy that batch, finds that its checksum does not fit, waits for ` +
          'replica.fetch.backoff.ms, and fetches the same bytes again, for ever.',
        because: [
          clusterSetting(
            run.scenario,
            'cluster.config.replica.fetch.backoff.ms',
            run.scenario.controller.config['replica.fetch.backoff.ms'],
          ),
        ],
        cites: 'R-26, R-61',
        cures: [
          {
            text: 'an election of a replica whose copy is whole: then the one that rotted is the one that copies',
            set: [],
          },
        ],
      }
    },
  },
  {
    id: 'rotten-file',
    says: 'a file in which a broker notes what it has of its logs had rotted, and nobody mends it',
    recognise: (mishap, run) => {
      if (mishap.kind !== 'stuck' || mishap.partition === undefined) return undefined
      const { partition } = mishap
      for (const broker of run.missingReplicas.get(partition) ?? []) {
        const failed = run.record.failedDirs.findLast((each) => each.broker === broker)
        const rot = run.record.rottenFiles.find(
          ({ process, path }) =>
            process === `broker-${broker}` &&
            (failed === undefined ? path.includes(`/${partition}/`) : failed.reason.startsWith(`${path}:`)),
        )
        if (rot === undefined) continue
        return {
          key: `rotten-file ${broker}`,
          rule: 'rotten-file',
          happened:
            `${partition} waits for broker ${broker}. At ${at(rot.atUs)} a bit of ${rot.path} changed on its disk. ` +
            (failed === undefined ? 'What it says of the log is not so.' : failureOf(failed)),
          because: [],
          cites: 'R-9, R-26',
          cures: [{ text: 'the file removed, and the broker started again: it is made anew from the log', set: [] }],
        }
      }
      return undefined
    },
  },
  {
    id: 'reader-behind-rot',
    says: 'a reader is given bytes that fail their checksum, and gets no further',
    recognise: (mishap, run) => {
      if (mishap.kind !== 'stuck' || mishap.partition === undefined) return undefined
      const rot = / is at \d+ of /.test(mishap.text) ? rotOfLeader(mishap.partition, run) : undefined
      if (rot === undefined) return undefined
      return {
        key: `reader-behind-rot ${mishap.partition}`,
        rule: 'reader-behind-rot',
        happened:
          `${mishap.text}. At ${at(rot.atUs)} a bit of the log of ${rot.process} changed, ${whereIs(rot)}. It leads ` +
          `${mishap.partition}. Who reads that batch finds that its checksum does not fit, each time anew: a consumer fails with that, ` +
          'and does not go on by itself.',
        because: [],
        cites: 'R-26',
        cures: [{ text: 'a seek past the batch, or an election of a replica whose copy is whole', set: [] }],
      }
    },
  },
  {
    id: 'lied-file',
    says: 'a file that a broker had replaced was in pieces after a power loss: the disk had said that it was synced',
    recognise: (mishap, run) => {
      if (mishap.kind !== 'stuck' || mishap.partition === undefined) return undefined
      const waitsFor = run.missingReplicas.get(mishap.partition) ?? []
      const failed = run.record.failedDirs.findLast(
        ({ broker, reason }) => waitsFor.includes(broker) && liedTo(`broker-${broker}`, run) && isOfContent(reason),
      )
      if (failed === undefined) return undefined
      return {
        key: `lied-file ${failed.broker}`,
        rule: 'lied-file',
        happened:
          `${mishap.partition} waits for broker ${failed.broker}. ${failureOf(failed)} It had been written and synced, as the ` +
          'disk said, before the power failed.',
        because: [],
        cites: 'R-9, R-21',
        cures: [{ text: 'disks that sync when they are told to', set: [] }],
      }
    },
  },
  {
    id: 'failed-directory',
    says: 'a log directory failed, and is not back',
    recognise: (mishap, run) => {
      if (mishap.kind !== 'stuck') return undefined
      const waitsFor = mishap.partition === undefined ? [] : (run.missingReplicas.get(mishap.partition) ?? [])
      const failed = run.record.failedDirs.findLast(({ broker }) => waitsFor.includes(broker))
      if (failed === undefined) return undefined
      return {
        key: `failed-directory ${failed.broker}`,
        rule: 'failed-directory',
        happened: `${mishap.partition} waits for broker ${failed.broker}. ${failureOf(failed)}`,
        because: [],
        cites: 'R-9',
        cures: [{ text: 'a disk that is mended, and the broker started again', set: [] }],
      }
    },
  },
  {
    id: 'leader-lost-its-directory',
    says: 'the leader lost its log directory, and was replaced when that was known',
    recognise: (mishap, run) => {
      if (mishap.kind !== 'gap') return undefined
      const { states } = run.pasts.of(mishap.partition)
      const changed = states.findIndex(
        (state, i) =>
          state.atUs >= mishap.fromUs && state.atUs <= mishap.untilUs && states[i - 1]?.leader !== state.leader,
      )
      const [before, now] = [states[changed - 1], states[changed]]
      if (before === undefined || now === undefined) return undefined
      const failed = failedWithin(run, [before.leader], mishap.fromUs - MARGIN_US, now.atUs)
      if (failed === undefined) return undefined
      return {
        key: `leader-lost-its-directory ${mishap.partition}`,
        rule: 'leader-lost-its-directory',
        happened:
          `Broker ${before.leader} led ${mishap.partition}. ${failureOf(failed)} At ${at(now.atUs)} the controller elected ` +
          `broker ${now.leader} (${now.reason}), and at ${at(mishap.untilUs)} the first write was acknowledged.`,
        because: [
          clusterSetting(
            run.scenario,
            'cluster.config.broker.session.timeout.ms',
            run.scenario.controller.config['broker.session.timeout.ms'],
          ),
        ],
        cites: 'R-9, R-91',
        cures: [
          { text: 'several log directories (log.dirs): a broker then tells which one failed, and lives', set: [] },
        ],
      }
    },
  },
  {
    id: 'offline-replica-counts',
    says: 'acks=all waited for a follower whose log directory had failed, since it had been caught up',
    recognise: (mishap, run) => {
      if (mishap.kind !== 'gap') return undefined
      const past = run.pasts.of(mishap.partition)
      const state = past.stateAt(mishap.untilUs)
      if (state === undefined) return undefined
      const lagMs = run.scenario.controller.config['replica.lag.time.max.ms']
      const others = run.scenario.brokers.map(({ id }) => id).filter((id) => !state.isr.includes(id))
      const failed = failedWithin(run, others, mishap.fromUs - lagMs * 1000, mishap.untilUs)
      if (failed === undefined) return undefined
      return {
        key: `offline-replica-counts ${mishap.partition}`,
        rule: 'offline-replica-counts',
        happened:
          `${failureOf(failed)} It left the ISR at once. But a leader also waits for a follower outside the ISR that was caught up ` +
          `within replica.lag.time.max.ms, so that it can come back, if its broker is up: and it is. Until ` +
          `${at(mishap.untilUs)} nothing was acknowledged.`,
        because: [clusterSetting(run.scenario, 'cluster.config.replica.lag.time.max.ms', lagMs)],
        cites: 'R-9, R-76, R-77',
        cures: [{ text: 'a restart of that broker: fenced, it is not waited for', set: [] }],
      }
    },
  },
]

/** What is found out at the start of a gap may have happened just before. */
const MARGIN_US = 1_000_000

function failedWithin({ record }: FinishedRun, brokers: readonly number[], fromUs: number, untilUs: number) {
  return record.failedDirs.findLast(({ broker, atUs }) => brokers.includes(broker) && fromUs <= atUs && atUs <= untilUs)
}

/** Not of the disk itself: what the file says makes no sense. */
function isOfContent(reason: string): boolean {
  return !reason.startsWith('Input/output error') && !reason.startsWith('No space left')
}

function failureOf({ broker, dir, reason, atUs }: FailedDir): string {
  return `At ${at(atUs)} its log directory ${dir} failed on broker ${broker}: ${reason}.`
}

/** Of the one that leads at the end. */
export function rotOfLeader(partition: string, run: FinishedRun): Rot | undefined {
  const leader = run.pasts.of(partition).states.at(-1)?.leader
  return run.record.rots.find((rot) => rot.partition === partition && rot.process === `broker-${leader}`)
}

/** On the disk of this broker, in the batch of the record. */
function rotAt({ record }: Loss, run: FinishedRun, broker: number | undefined): Rot | undefined {
  return run.record.rots.find(
    ({ partition, process, firstOffset, lastOffset }) =>
      partition === record.partition &&
      process === `broker-${broker}` &&
      firstOffset <= record.offset &&
      record.offset <= lastOffset,
  )
}

function liedTo(process: string, { scenario, record }: FinishedRun): boolean {
  return scenario.faults.some(
    ({ id, action }) => action.verb === 'lying-sync' && record.processesHitBy(id).includes(process),
  )
}

function acknowledged({ record, tenure, ackedUs }: Loss): string {
  const { partition, offset, client, n } = record
  return `broker ${tenure.broker}, leader in epoch ${tenure.epoch}, acknowledged ${partition}@${offset} (${client}#${n}) at ${at(ackedUs)}`
}

function whereIs({ path, firstOffset, lastOffset }: Rot): string {
  return firstOffset < 0 ? `in ${path}` : `in the batch with offsets ${firstOffset} to ${lastOffset}`
}

function ofRot(rule: string, rot: Rot, story: string): Cause {
  return {
    key: `rot ${rot.partition}`,
    rule,
    happened:
      `${story}At ${at(rot.atUs)} a bit of the log of ${rot.process} changed, ${whereIs(rot)}. The first fields of a batch and its ` +
      'last offset are what it is found by, and nobody checks them before: a batch whose fields rot is passed over, or ' +
      'handed out at another offset.',
    because: [],
    cites: 'R-26, W-41',
    cures: [NOBODY_LOOKS],
  }
}
