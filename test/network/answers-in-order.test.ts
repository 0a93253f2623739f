// A connection over which several requests are on their way to a node whose disk stands still. What kafkasim fuzz found
// as a defect: an answer of a job that a disk held left after those of later requests.

import { describe, expect, it } from 'vitest'
import { World } from '../../sim/index.ts'
import { NetworkClient } from '../../src/network/network-client.ts'
import { RequestServer } from '../../src/network/request-server.ts'
import type { KafkaHost } from '../../src/trace/kafka-event.ts'

const OPTIONS = {
  clientId: 'c',
  requestTimeoutMs: 10_000,
  reconnectBackoffMs: 50,
  reconnectBackoffMaxMs: 1000,
  connectionSetupTimeoutMs: 10_000,
  maxInFlight: 5,
}
const SERVER = { id: 1, host: 'server', port: 9092 }
const NAMES = ['a', 'b', 'c']

/** A server that syncs a file for each request, and a client with three of them in flight while the disk stands still. */
function stalled(threads: number) {
  const world = new World({ seed: 5 })
  const started: [string, number][] = []
  const answered: number[] = []
  const server = world.addProcess('server', {
    boot: (host: KafkaHost) => {
      const file = host.disk.open('log')
      new RequestServer(host, 9092, host.jobs.pool('io', threads), (request) => {
        started.push([request.bodyAs('ElectLeaders').topicPartitions?.[0]?.topic ?? '', host.clock.monotonicMs()])
        host.jobs.charge(100)
        file.append(new Uint8Array(10))
        file.sync()
        request.respond('ElectLeaders', { throttleTimeMs: 0, errorCode: 0, replicaElectionResults: [] })
      })
    },
  })
  world.addProcess('client', {
    boot: (host: KafkaHost) => {
      const client = new NetworkClient(host, OPTIONS, host.random.stream('client'))
      for (const [index, topic] of NAMES.entries()) {
        const body = { electionType: 0, topicPartitions: [{ topic, partitions: [0] }], timeoutMs: 1 }
        client.send(SERVER, 'ElectLeaders', body, {
          onResponse: () => void answered.push(index),
          onFailure: (reason) => {
            throw new Error(reason)
          },
        })
      }
    },
  })
  server.start()
  for (const process of world.processes) if (process !== server) process.start()
  const heal = server.machine.disk.stall()
  world.run(1_000_000)
  const whileStalled = started.length
  heal()
  world.run(2_000_000)
  return { started, answered, whileStalled }
}

describe('requests of one connection at a node whose disk stands still', () => {
  it('are answered in order, however many threads there are (W-8)', () => {
    for (const threads of [1, 2, 8]) expect(stalled(threads).answered).toEqual([0, 1, 2])
  })

  it('are taken up one at a time: the next when the answer before it has left (W-8)', () => {
    const { started, whileStalled } = stalled(8)
    expect(whileStalled).toBe(1)
    expect(started.map(([topic]) => topic)).toEqual(NAMES)
  })
})
