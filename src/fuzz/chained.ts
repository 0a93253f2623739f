// Faults that wait for what the faults before them have led to: the ISR is short, somebody else leads, a broker is fenced, a
// record is acknowledged.

import { drawFault, type DrawnFault, type Role, type Scene } from './faults.ts'
import { gap, replicasOf, type Shape } from './shape.ts'

export const chained: Shape = (scene, atMs, verbs) => {
  const { dice } = scene
  const faults: DrawnFault[] = [drawFault(scene, dice.weighted(verbs), atMs)]
  let from = atMs
  for (let left = dice.between(1, 4); left > 0; left--) {
    const role = dice.weighted<Role | undefined>([
      [4, 'leader'],
      [3, 'follower'],
      [2, undefined],
    ])
    const afterMs = dice.weighted([
      [2, 0],
      [4, dice.spread(1, 500)],
      [1, gap(scene)],
    ])
    faults.push({
      ...drawFault(scene, dice.weighted(verbs), from, role),
      // A fault that would wait until the run is over is refused by the loader.
      when: { trigger: drawTrigger(scene), afterMs: Math.max(0, Math.min(afterMs, scene.stage.untilMs - from)) },
    })
    from += dice.spread(10, 1500)
  }
  return faults
}

export function drawTrigger(scene: Scene): string {
  const { dice, focus, stage } = scene
  const replicas = replicasOf(scene)
  const size = Math.min(replicas.length, 3)
  return dice.weighted([
    [4, `size(isr(${focus.name})) < ${size}`],
    [3, `size(isr(${focus.name})) == 1`],
    [3, `size(isr(${focus.name})) == ${size}`],
    [4, `leader(${focus.name}) ${dice.pick(['==', '!='])} ${dice.pick(replicas)}`],
    [2, `leader(${focus.name}) == none`],
    [2, `epoch(${focus.name}) >= ${dice.between(1, 5)}`],
    [2, `${dice.pick(['fenced', 'unfenced'])}(broker:${dice.pick(stage.brokers)})`],
    [2, `record ${focus.name}@${dice.spread(5, 300)} ${dice.pick(['appended', 'acked', 'committed'])}`],
  ])
}
