// A coordinator under the eyes of the invariants of groups: what a test has it do at once is one event.

import { EventLoop } from '../../sim/event-loop.ts'
import { Owner } from '../../sim/owner.ts'
import { TraceBus } from '../../sim/trace.ts'
import { InvariantChecker, INVARIANTS, type Violation } from '../../src/invariants/index.ts'
import type { KafkaEvent } from '../../src/trace/kafka-event.ts'
import { GroupRig, type GroupRigOptions } from '../group/rig.ts'

export const OF_GROUPS = INVARIANTS.filter(({ rule }) => rule.startsWith('IG-') || rule.startsWith('G-'))

/** Those that a coordinator can break by itself; the others are broken in consumers.test.ts. */
export const OF_COORDINATORS = OF_GROUPS.slice(0, OF_GROUPS.findIndex(({ rule }) => rule.startsWith('G-')) + 1)

export class Watched {
  readonly rig: GroupRig
  readonly loop = new EventLoop()
  readonly bus = new TraceBus<KafkaEvent>(this.loop)
  private readonly checker: InvariantChecker
  private readonly owner = new Owner(1, 'broker-1')

  constructor(options: GroupRigOptions = {}) {
    this.rig = new GroupRig(options)
    Object.assign(this.rig.host.trace, { emit: (event: KafkaEvent) => this.bus.emit(event, 'broker-1') })
    const view = {
      brokerIds: [1],
      metadata: this.rig.metadata,
      partitionsOf: () => this.rig.replicas.partitions,
      broker: () => undefined,
    }
    this.checker = new InvariantChecker(OF_GROUPS, view, this.loop, this.bus)
  }

  /** All that `fn` does is one event. */
  step<T>(fn: (rig: GroupRig) => T): T {
    let result: T | undefined
    this.loop.schedule(this.loop.nowUs + 1000, this.owner, 'step', 0, () => {
      result = fn(this.rig)
    })
    this.loop.run(this.loop.nowUs + 1000)
    return result as T
  }

  get violations(): readonly Violation[] {
    return this.checker.violations
  }

  get found(): string[] {
    return this.violations.map(({ invariant }) => invariant)
  }
}
