// What the threads of a campaign ask of each other.

import type { MessagePort } from 'node:worker_threads'
import type { Cases, CaseReport, Shrunk } from '../fuzz/case.ts'

export type FuzzTask =
  | { readonly kind: 'case'; readonly index: number }
  | { readonly kind: 'shrink'; readonly index: number; readonly signature: string; readonly attempts: number }

export type FuzzAnswer =
  /** `cpuMs` is the time the case took in its thread. */
  | { readonly kind: 'case'; readonly report: CaseReport; readonly tookMs: number }
  | { readonly kind: 'shrink'; readonly shrunk: Shrunk }

/** In the worker: answers each task, in order. What a task throws ends the thread. */
export function serveTasks(port: MessagePort, cases: Pick<Cases, 'report' | 'shrink'>): void {
  port.on('message', (task: FuzzTask) => port.postMessage(answerTo(task, cases)))
  port.postMessage('ready')
}

function answerTo(task: FuzzTask, cases: Pick<Cases, 'report' | 'shrink'>): FuzzAnswer {
  switch (task.kind) {
    case 'case': {
      const start = performance.now()
      const report = cases.report(task.index)
      return { kind: 'case', report, tookMs: performance.now() - start }
    }
    case 'shrink':
      return { kind: 'shrink', shrunk: cases.shrink(task.index, task.signature, task.attempts) }
  }
}
