// Builds dist/: the library and its types by tsc, the command line as bundled files: what help needs, and the rest, loaded
// when it is run.
import { execFileSync } from 'node:child_process'
import { chmodSync, rmSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'

const root = fileURLToPath(new URL('..', import.meta.url))
rmSync(`${root}dist`, { recursive: true, force: true })
execFileSync(process.execPath, [`${root}node_modules/typescript/bin/tsc`, '-b', 'sim', 'src', 'reports', 'src/cli'], {
  cwd: root,
  stdio: 'inherit',
})
const outfile = `${root}dist/kafkasim.js`
await build({
  // Worker threads of `fuzz` load a file of their own, beside the command line.
  entryPoints: { kafkasim: `${root}src/cli/main.ts`, 'fuzz-worker': `${root}src/cli/fuzz-worker.ts` },
  outdir: `${root}dist`,
  bundle: true,
  splitting: true,
  // Beside the others: what is in them finds the worker's file next to itself.
  chunkNames: 'kafkasim-[hash]',
  platform: 'node',
  format: 'esm',
  target: 'node20',
  // Half of what is read and compiled at each start would be comments and blanks. Names stay: stacks are read by people.
  minifyWhitespace: true,
  minifySyntax: true,
  lineLimit: 120,
  banner: {
    js: "#!/usr/bin/env node\nimport { createRequire as requireFrom } from 'node:module'; const require = requireFrom(import.meta.url);",
  },
  logLevel: 'warning',
})
chmodSync(outfile, 0o755)
