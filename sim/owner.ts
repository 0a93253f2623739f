// Whom an event belongs to: one incarnation of a process, or the world itself. An owner's death or pause acts on all
// of its events at once. Only the event loop changes `state` and `backlog` (see `kill`, `pause` and `resume` there).

import type { EventId } from './event-store.ts'

export class Owner {
  /** A small integer, unique per entity and the same for all incarnations of a process: the node in trace and hash. */
  readonly id: number
  readonly name: string
  /** What died stays dead: a restarted process is a new owner of the same id. */
  state: 'running' | 'paused' | 'dead'
  /** Events that came due during the pause, in the order in which they did; cancelled ones may still be listed. */
  readonly backlog: EventId[]

  constructor(id: number, name: string) {
    this.id = id
    this.name = name
    this.state = 'running'
    this.backlog = []
  }
}
