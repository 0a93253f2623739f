// Every sometimes-mark, in the order they are listed.

import { CLIENT_MARKS } from './client-marks.ts'
import { CONTROLLER_MARKS } from './controller-marks.ts'
import { GROUP_MARKS } from './group-marks.ts'
import type { Mark } from './mark.ts'
import { REPLICA_MARKS } from './replica-marks.ts'
import { STORAGE_MARKS } from './storage-marks.ts'

export type { Mark } from './mark.ts'
export { MarkCounter } from './mark-counter.ts'

export const MARKS: readonly Mark[] = [
  ...CONTROLLER_MARKS,
  ...REPLICA_MARKS,
  ...CLIENT_MARKS,
  ...GROUP_MARKS,
  ...STORAGE_MARKS,
]
