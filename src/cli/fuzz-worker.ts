// A worker thread of `kafkasim fuzz`: does one task at a time, and may hang or crash without harm to the others.

import { parentPort, workerData } from 'node:worker_threads'
import { Cases, type CampaignSetup } from '../fuzz/case.ts'
import { serveTasks } from './fuzz-tasks.ts'

const { setup } = workerData as { readonly setup: CampaignSetup }
if (parentPort !== null) serveTasks(parentPort, new Cases(setup))
