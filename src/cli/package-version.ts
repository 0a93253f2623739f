// The version of this package, as its package.json has it.

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Io } from './io.ts'

export function packageVersion(io: Pick<Io, 'packageRoot'>): string {
  const manifest: unknown = JSON.parse(readFileSync(join(io.packageRoot, 'package.json'), 'utf8'))
  const version =
    typeof manifest === 'object' && manifest !== null && 'version' in manifest ? manifest.version : undefined
  return typeof version === 'string' ? version : 'unknown'
}
