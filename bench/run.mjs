// `npm run bench`: bundles the benchmarks (as the command line is), runs them in a fresh process, and beside them, in
// the same run, the limit loops: what the unavoidable work costs in JavaScript on this machine. Ratios are what counts.

import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'

const root = fileURLToPath(new URL('..', import.meta.url))
/** Where the limit loops are kept; without them the ratios are left out. */
const limits = process.env.LIMIT_LOOPS ?? join(root, '../shared/bench')

const kernelLimit = limitRow('b-dispatch.mjs', 'c murmur-like 2x32')
const clusterLimit = limitRow('k-composite.mjs')

const dir = mkdtempSync(join(root, 'node_modules/.bench-'))
try {
  const outfile = join(dir, 'bench.mjs')
  const worker = join(dir, 'fuzz-worker.mjs')
  const options = {
    bundle: true,
    platform: 'node',
    format: 'esm',
    packages: 'external',
    logLevel: 'error',
  }
  const define = { 'import.meta.url': JSON.stringify(new URL('./', import.meta.url).href) }
  await build({ ...options, entryPoints: [join(root, 'bench/main.ts')], outfile, define })
  await build({ ...options, entryPoints: [join(root, 'src/cli/fuzz-worker.ts')], outfile: worker })
  const env = {
    ...process.env,
    KERNEL_LIMIT: String(kernelLimit ?? ''),
    CLUSTER_LIMIT: String(clusterLimit ?? ''),
    FUZZ_WORKER: worker,
  }
  const { status } = spawnSync(process.execPath, ['--expose-gc', outfile, ...process.argv.slice(2)], {
    stdio: 'inherit',
    env,
  })
  process.exitCode = status ?? 1
} finally {
  rmSync(dir, { recursive: true, force: true })
}

/** Operations per second in the row of this name, or in the last one. */
function limitRow(file, name) {
  const path = join(limits, file)
  if (!existsSync(path)) return undefined
  const output = execFileSync(process.execPath, ['--expose-gc', path], {
    encoding: 'utf8',
    env: { ...process.env, LAB: root },
    cwd: tmpdir(),
  })
  const rows = [...output.matchAll(/^(.*?)\s+([\d.]+) M\/s/gm)].map(([, label, rate]) => ({
    label,
    rate: Number(rate) * 1e6,
  }))
  return (name === undefined ? rows.at(-1) : rows.find((row) => row.label.trim() === name))?.rate
}
