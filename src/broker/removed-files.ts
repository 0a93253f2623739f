// Files that logs have given the names of deleted ones go after `file.delete.delay.ms`, so that who still reads them can
// finish. If the process dies first, whoever loads the log removes them.

import { unlessStorageFails } from '../log/storage-error.ts'
import type { Host } from '../../sim/index.ts'

export function removeLater({ clock, disk }: Host, files: readonly string[], delayMs: number): void {
  clock.after(delayMs, 'delete-files', () => {
    unlessStorageFails(() => {
      for (const file of files) if (disk.exists(file)) disk.remove(file)
    })
  })
}
