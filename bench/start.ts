// From the shell to the first simulated event: what somebody waits for each time.

import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { row } from './measure.ts'

const ROUNDS = 7

export function benchStart(): void {
  const bin = fileURLToPath(new URL('../dist/kafkasim.js', import.meta.url))
  if (!existsSync(bin)) return row('start: no build', '-', 'npm run build first')
  const scenario = fileURLToPath(new URL('../scenarios/leader-crash.yaml', import.meta.url))
  const help = medianMs([bin, '--help'])
  const first = medianMs([bin, 'run', scenario, '--until', '1ms', '--quiet'])
  row('start: kafkasim --help', `${help.toFixed(0)} ms`)
  row('start: command line to first event', `${first.toFixed(0)} ms`, 'aim: 250 ms')
}

function medianMs(args: readonly string[]): number {
  const times = Array.from({ length: ROUNDS }, () => {
    const before = process.hrtime.bigint()
    spawnSync(process.execPath, args, { stdio: 'ignore' })
    return Number(process.hrtime.bigint() - before) / 1e6
  })
  return times.toSorted((a, b) => a - b)[ROUNDS >> 1] ?? 0
}
