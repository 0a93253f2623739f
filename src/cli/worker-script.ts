// The file that a worker thread runs. What is installed is JavaScript already; where kafkasim is developed, Node 20 cannot
// load sources in a thread, so they are bundled first.

import { mkdirSync } from 'node:fs'
import { createRequire } from 'node:module'
import process from 'node:process'
import { fileURLToPath, pathToFileURL } from 'node:url'

const BANNER =
  "import { createRequire as requireFrom } from 'node:module'; const require = requireFrom(import.meta.url);"

const bundled = new Map<string, URL>()

/** A script is bundled once, however many workers run it. */
export function runnable(script: URL): URL {
  if (!script.pathname.endsWith('.ts')) return script
  const known = bundled.get(script.href) ?? bundle(script)
  bundled.set(script.href, known)
  return known
}

function bundle(script: URL): URL {
  const require = createRequire(import.meta.url)
  const esbuild = require('esbuild') as { buildSync(options: object): unknown }
  const folder = new URL('../../node_modules/.kafkasim/', import.meta.url)
  mkdirSync(folder, { recursive: true })
  const name = script.pathname.slice(script.pathname.lastIndexOf('/') + 1).replace(/\.ts$/, '')
  const outfile = fileURLToPath(new URL(`${name}-${process.pid}.mjs`, folder))
  const how = { bundle: true, platform: 'node', format: 'esm', target: 'node20', banner: { js: BANNER } }
  esbuild.buildSync({ ...how, entryPoints: [fileURLToPath(script)], outfile, logLevel: 'silent' })
  return pathToFileURL(outfile)
}
