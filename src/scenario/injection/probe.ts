// A supervisor that gives a broker so long to come up (a liveness or startup probe): one that does not serve by then is killed
// and started again at once. What it had recovered of its logs counts for nothing: it begins anew. Who has served in time
// is left alone. Left out: that an orchestrator waits longer from restart to restart.

import type { SimulatedCluster } from '../cluster/simulated-cluster.ts'

export function probe(cluster: SimulatedCluster, name: string, withinUs: number): void {
  const { world } = cluster
  const process = world.process(name)
  const life = process.incarnation
  if (!process.alive) return
  world.at(world.loop.nowUs + withinUs, 'probe', () => {
    // It ended otherwise, and whoever ended it starts it.
    if (!process.alive || process.incarnation !== life || cluster.serves(name)) return
    process.crash()
    process.start()
    const detail = `and started again: it did not serve within ${withinUs / 1_000_000} s`
    world.trace.emit({ type: 'process-changed', process: name, state: 'crashed', detail }, 'world')
    probe(cluster, name, withinUs)
  })
}
