// Puts the WebAssembly of @bokuweb/zstd-wasm (MIT; zstd itself BSD) into a module, so that it can be had at once, without a
// promise and without a file: `npm run generate-zstd`, after its version was changed.

import { readFileSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'

const require = createRequire(import.meta.url)
const folder = require.resolve('@bokuweb/zstd-wasm').replace(/\/dist\/.*$/, '')
const wasm = readFileSync(`${folder}/dist/esm/zstd.wasm`)
const { version }: { version: string } = JSON.parse(readFileSync(`${folder}/package.json`, 'utf8'))

writeFileSync(
  new URL('../src/records/compression/generated/zstd-wasm.ts', import.meta.url),
  `// Made by scripts/generate-zstd.ts of @bokuweb/zstd-wasm ${version}; not to be edited.\n\nexport const ZSTD_WASM_BASE64 =\n  '${wasm.toString('base64')}'\n`,
)
