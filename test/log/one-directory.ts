// The log directories of a broker that has one, and never loses it.

import { LogDirectories } from '../../src/log/log-directories.ts'
import { LogDirectory, type OpenDirectoryArgs } from '../../src/log/log-directory.ts'

export function oneDirectory(args: OpenDirectoryArgs): LogDirectories {
  const logs = new LogDirectories([args.dir], (_dir, error) => {
    throw error
  })
  logs.load(args.dir, () => LogDirectory.open(args))
  return logs
}
