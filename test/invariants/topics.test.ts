// A topic that was deleted is no loss, and one made anew under its name is another one: what brokers still hold of the old
// one, lead, cut and have read, is not held against the new.

import { describe, expect, it } from 'vitest'
import { KEY, type MiniCluster, settled } from './mini-cluster.ts'

const OTHER_ID = 'b3RoZXItdG9waWMtaWQtMA'

function written(): MiniCluster {
  const cluster = settled()
  cluster.produce(1, 5)
  cluster.sync(2, 3)
  return cluster
}

function fence(cluster: MiniCluster, id: number): void {
  cluster.step(() => {
    cluster.setFenced(id, true)
    cluster.emit({ type: 'broker-state-changed', broker: id, state: 'fenced', brokerEpoch: 100 + id })
  })
}

/** The controller deleted the topic; no broker has heard of it. */
function deleted(): MiniCluster {
  const cluster = written()
  cluster.step(() => void cluster.image.topics.delete('orders'))
  return cluster
}

function madeAnew(): MiniCluster {
  const cluster = written()
  const state = { ...cluster.committed, topicId: OTHER_ID, leader: 2, leaderEpoch: 0, partitionEpoch: 0 }
  cluster.step(() => {
    cluster.image.topics.set('orders', { name: 'orders', id: OTHER_ID, partitions: [state] })
    cluster.tellCommitted('created')
  })
  return cluster
}

function read(cluster: MiniCluster, from: number, to: number): void {
  const records = Array.from({ length: to - from }, (_, i) => ({
    offset: from + i,
    leaderEpoch: 1,
    producer: 'p',
    n: i,
  }))
  cluster.step(() => cluster.emit({ type: 'records-delivered', client: 'app', partition: KEY, records }))
}

describe('a topic that was deleted', () => {
  it('asks nothing of brokers that are fenced, cut or lose what they still hold', () => {
    const cluster = deleted()
    fence(cluster, 3)
    cluster.step(() => cluster.at(2).truncateTo(0))
    cluster.step(() => cluster.at(3).truncateTo(0))
    cluster.crash(1)
    expect(cluster.found).toEqual([])
  })

  it('would be asked, were it there', () => {
    const cluster = written()
    fence(cluster, 3)
    expect(cluster.unexcused).toEqual(['valid-controller-state'])
  })
})

describe('a topic made anew', () => {
  it('begins its epochs and its log anew', () => {
    const cluster = madeAnew()
    // Brokers that have not heard go on with the old one.
    cluster.produce(1, 2)
    cluster.sync(2, 3)
    cluster.step(() => cluster.at(2).truncateTo(0))
    expect(cluster.found).toEqual([])
  })

  it('lets consumers have read the old one, and nothing else', () => {
    const cluster = madeAnew()
    read(cluster, 0, 5)
    expect(cluster.found).toEqual([])
    read(cluster, 5, 6)
    expect(cluster.unexcused).toEqual(['consistent-read'])
  })
})
