// All benchmarks in one process, with their ratios to the limit loops that ran just before.

import { pathToFileURL } from 'node:url'
import { benchCluster } from './cluster.ts'
import { benchCompaction } from './compaction.ts'
import { benchFuzz } from './fuzz.ts'
import { benchGroups } from './groups.ts'
import { benchKernel } from './kernel.ts'
import { benchLog } from './log.ts'
import { row } from './measure.ts'
import { inlineMore } from '../src/cli/v8-settings.ts'
import { benchStart } from './start.ts'

const kernelLimit = Number(process.env.KERNEL_LIMIT)
const clusterLimit = Number(process.env.CLUSTER_LIMIT)
const worker = process.env.FUZZ_WORKER

// As the command line does.
inlineMore()

const kernel = benchKernel()
if (kernelLimit > 0) {
  row('limit: queue, dispatch and hash', `${(kernelLimit / 1e6).toFixed(3)} M/s`)
  row('kernel / limit', `${((kernel.timersPerSecond / kernelLimit) * 100).toFixed(0)} %`, 'aim: 50 %')
}
const cluster = benchCluster(process.argv.slice(2))
if (clusterLimit > 0) {
  row('limit: a Kafka-shaped loop with real batches', `${(clusterLimit / 1e6).toFixed(3)} M/s`)
  row(
    'cluster / limit',
    `${((cluster.eventsPerSecond / clusterLimit) * 100).toFixed(0)} %`,
    'aim: 30 %, never under 15 %',
  )
}
row('cluster: faster than life', `${cluster.virtualOverWall.toFixed(0)} x`, 'aim: 50 x')
benchGroups()
benchLog()
benchCompaction()
await benchFuzz(worker === undefined ? undefined : pathToFileURL(worker))
benchStart()
