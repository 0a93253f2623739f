// Writes docs/diagnostics.md from the catalogue of diagnostics. `--check` writes nothing and fails if the file is not what
// would be written.

import { readFileSync, writeFileSync } from 'node:fs'
import { diagnosticsPage } from './diagnostics/diagnostics-page.ts'

const file = new URL('../docs/diagnostics.md', import.meta.url)
const generated = diagnosticsPage()

if (!process.argv.includes('--check')) {
  writeFileSync(file, generated)
} else if (readFileSync(file, 'utf8') !== generated) {
  console.error('docs/diagnostics.md is stale: run npm run generate')
  process.exitCode = 1
}
