// What each expectation promises, as a sentence: what a reader is owed before hearing that it did not hold.

import { unreachable } from '../../../../sim/index.ts'
import type { Claim, SafetyId } from '../../language/expectation.ts'
import { formatDuration } from '../../text/units.ts'

const SAFETY: { readonly [Id in SafetyId]: string } = {
  'no-acked-loss': 'a record that a producer was told is written stays in the log',
  'no-duplicates-in-log': 'a record that was sent once lies in the log once',
  'order-per-partition': 'within a partition, the records of a producer lie in the order in which it sent them',
  'logs-agree-below-hw': 'below their high watermarks, all replicas hold the same',
  'no-unclean-election': 'whoever leads comes from the ISR, and has all that was committed',
  'no-offset-regression': 'the end of a partition, as a client is told it, never goes back',
  'no-poll-skip': 'a reader is handed every record between the first and the last that it is handed',
  'no-nonmonotonic-poll': 'a reader is never handed again what it has read',
  'no-inconsistent-offsets': 'what was read at an offset is what lies there in the end, for every reader',
  'no-resurrected-keys': 'a reader who keeps a table of a compacted topic drops every key that is deleted',
  'no-duplicate-delivery': 'the application of a group is handed each record once',
  'no-ownership-overlap': 'no two members of a group own a partition at once',
  'commits-cover-processed': 'what is committed has been processed',
  'no-unseen': 'who reads on from somewhere is handed every acknowledged record from there on',
  'no-aborted-reads': 'nobody is handed a record of which its producer was told that it is not written',
  'no-commit-regression': 'what a group has committed of a partition never goes back',
  'order-per-key': 'the records of a producer under one key lie in one partition, in the order in which it sent them',
  'no-rebalance-loop': 'a group that rebalances comes to rest, and does not do so again and again for one reason',
}

export function promiseOf(claim: Claim, text: string): string {
  switch (claim.kind) {
    case 'safety':
      return SAFETY[claim.id]
    case 'writable':
      return `writers of ${claim.topic} are answered at least every ${formatDuration(claim.gapUs)}`
    case 'isr-full':
      return 'all replicas come back into their ISR'
    case 'caught-up':
      return `${claim.consumer} reads all that is committed`
    case 'stable':
      return `every member of ${claim.group} has its assignment, and every partition an owner`
    case 'invariant':
    case 'metric':
      return text.replace(/^finds: /, '')
    default:
      return unreachable(claim, 'claim')
  }
}
