// The documents whose examples are run: README.md and everything directly in docs/.

import { readdirSync } from 'node:fs'
import { join } from 'node:path'

/** Paths from the root of the repository. */
export function docFiles(root: string): string[] {
  const docs = readdirSync(join(root, 'docs')).filter((name) => name.endsWith('.md'))
  return ['README.md', ...docs.toSorted().map((name) => `docs/${name}`)]
}
