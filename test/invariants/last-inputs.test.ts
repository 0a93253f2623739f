// When the re-check may go by its last look: only while nothing it reads has changed, also where no offset shows that.

import { describe, expect, it } from 'vitest'
import { LastInputs } from '../../src/invariants/recheck/last-inputs.ts'
import { type MiniCluster, settled } from './mini-cluster.ts'

/** Looks once, lets `change` happen, and says whether all is as it was. */
function sameAfter(change: (cluster: MiniCluster) => void, minIsrAfter = 1): boolean {
  const cluster = settled()
  cluster.produce(1)
  cluster.sync(2, 3)
  const inputs = new LastInputs()
  const look = (minIsr: number): boolean => {
    const replicas = [1, 2, 3].map((broker) => ({ broker, state: cluster.at(broker), hadLoss: false }))
    return inputs.areSame(replicas, cluster.committed, cluster.image, minIsr)
  }
  expect(look(1), 'the first look').toBe(false)
  expect(look(1), 'the second, with nothing in between').toBe(true)
  change(cluster)
  return look(minIsrAfter)
}

/** What changes what is found, or might. */
const CHANGES: Readonly<Record<string, (cluster: MiniCluster) => void>> = {
  'an append': (cluster) => cluster.produce(1),
  'a high watermark that rises': (cluster) => {
    cluster.produce(1)
    cluster.sync(2, 3)
  },
  'a batch in the place of another': (cluster) =>
    cluster.step(() => {
      const { log } = cluster.at(3)
      const { highWatermark, logEndOffset } = log
      log.truncateTo(logEndOffset - 1)
      log.appendAsLeader(cluster.batch(), 7, 0, 'coordinator')
      log.updateHighWatermark(highWatermark)
      expect(log.logEndOffset).toBe(logEndOffset)
    }),
  'a log that starts later': (cluster) => cluster.step(() => cluster.at(2).log.maybeIncrementLogStartOffset(1)),
  'a change of the partition': (cluster) => cluster.commit({ isr: [1, 2] }),
  'a role': (cluster) => {
    cluster.elect(2, [2])
    cluster.learn(2)
  },
  'a broker that is fenced': (cluster) => cluster.setFenced(3, true),
}

describe('the inputs of a look', () => {
  for (const [what, change] of Object.entries(CHANGES)) {
    it(`differ after ${what}`, () => expect(sameAfter(change)).toBe(false))
  }

  it('differ with another minimum of the ISR', () => expect(sameAfter(() => {}, 2)).toBe(false))

  it('are the same after an event elsewhere', () => expect(sameAfter((cluster) => cluster.step(() => {}))).toBe(true))

  it('count as new once they are forgotten', () => {
    const cluster = settled()
    const inputs = new LastInputs()
    const replicas = [{ broker: 1, state: cluster.at(1), hadLoss: false }]
    const look = (): boolean => inputs.areSame(replicas, cluster.committed, cluster.image, 1)
    look()
    inputs.forget()
    expect(look()).toBe(false)
  })
})
