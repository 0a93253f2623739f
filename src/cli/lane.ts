// One worker thread and the task it has. A thread that dies or takes too long costs its task and is replaced: see
// docs/decisions/0007 for why this is no library.

import { Worker } from 'node:worker_threads'
import { runnable } from './worker-script.ts'

export type LaneResult<Answer> =
  | { readonly kind: 'answer'; readonly answer: Answer }
  | { readonly kind: 'crashed'; readonly detail: string }
  | { readonly kind: 'hung' }

export class Lane<Task, Answer> {
  private readonly script: URL
  private readonly data: unknown
  private worker: Promise<Worker> | undefined

  /** `data` is given to every worker of this lane when it starts. */
  constructor(script: URL, data: unknown) {
    this.script = script
    this.data = data
  }

  /** One at a time. The limit begins when the worker is up. */
  async run(task: Task, limitMs: number): Promise<LaneResult<Answer>> {
    let worker: Worker
    try {
      worker = await (this.worker ??= started(this.script, this.data))
    } catch (error) {
      this.worker = undefined
      return { kind: 'crashed', detail: text(error) }
    }
    const result = await outcome<Task, Answer>(worker, task, limitMs)
    if (result.kind === 'answer') return result
    this.worker = undefined
    await worker.terminate()
    return result
  }

  async close(): Promise<void> {
    const worker = await this.worker?.catch(() => undefined)
    await worker?.terminate()
  }
}

/** A worker that has said it is ready. */
async function started(script: URL, data: unknown): Promise<Worker> {
  const worker = new Worker(runnable(script), { workerData: data, execArgv: [] })
  // Whatever still comes of a worker that was given up must not end the program.
  worker.on('error', () => undefined)
  const first = await heard(worker, undefined)
  if (first.kind === 'answer') return worker
  throw new Error(first.kind === 'crashed' ? first.detail : 'it did not start')
}

function outcome<Task, Answer>(worker: Worker, task: Task, limitMs: number): Promise<LaneResult<Answer>> {
  const answer = heard<Answer>(worker, limitMs)
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a worker thread has no origin
  worker.postMessage(task)
  return answer
}

/** What comes of a worker next. */
function heard<Answer>(worker: Worker, limitMs: number | undefined): Promise<LaneResult<Answer>> {
  return new Promise((resolve) => {
    const onMessage = (answer: Answer): void => done({ kind: 'answer', answer })
    const onError = (error: unknown): void => done({ kind: 'crashed', detail: text(error) })
    const onExit = (code: number): void => done({ kind: 'crashed', detail: `the worker ended with ${code}` })
    const timer = limitMs === undefined ? undefined : setTimeout(() => done({ kind: 'hung' }), limitMs)
    const done = (result: LaneResult<Answer>): void => {
      clearTimeout(timer)
      worker.off('message', onMessage).off('error', onError).off('exit', onExit)
      resolve(result)
    }
    worker.on('message', onMessage).on('error', onError).on('exit', onExit)
  })
}

function text(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
