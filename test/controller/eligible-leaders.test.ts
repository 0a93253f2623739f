import { beforeEach, describe, expect, it } from 'vitest'
import { alterPartition } from '../../src/controller/alter-partition.ts'
import { registerBroker } from '../../src/controller/broker-requests.ts'
import { electLeaders } from '../../src/controller/leader-elections.ts'
import { RECOVERY } from '../../src/metadata/partition-state.ts'
import type { Switches } from '../../src/switches/switches.ts'
import { ControllerFixture, registration } from './fixture.ts'

const ELR: Partial<Switches> = {
  elr: true,
  checkLastKnownAlive: true,
  cleanShutdownDetection: true,
  fenceOnReregister: true,
}

describe('eligible leader replicas (KIP-966)', () => {
  let fixture: ControllerFixture

  function setUp(behaviour: Partial<Switches> = {}, configs: Record<string, string> = { 'min.insync.replicas': '2' }) {
    fixture = new ControllerFixture({}, { ...ELR, ...behaviour })
    fixture.bringUp(1, 2, 3)
    fixture.create([[1, 2, 3]], 'orders', configs)
  }

  beforeEach(() => setUp())

  const fence = (...ids: readonly number[]) => {
    for (const id of ids) fixture.heartbeat(id, { wantFence: true })
  }

  /** 'leader/isr/elr/lastKnown' */
  function elrSummary(): string {
    const { leader, isr, elr, lastKnownElr } = fixture.partition()
    return [leader, isr.join(','), elr.join(','), lastKnownElr.join(',')].join('/')
  }

  function restart(id: number, previousBrokerEpoch = -1) {
    const request = { ...registration(id, `restarted-${id}-${fixture.epochOf(id)}`), previousBrokerEpoch }
    return fixture.apply(registerBroker(fixture.state, request))
  }

  it('none while the ISR has min.insync.replicas; below that, who leaves it (R-100)', () => {
    fence(3)
    expect(elrSummary()).toBe('1/1,2//')
    fence(2)
    expect(elrSummary()).toBe('1/1/2/')
  })

  it('min.insync.replicas counts for no more than there are replicas', () => {
    setUp({}, { 'min.insync.replicas': '5' })
    fence(3)
    expect(elrSummary()).toBe('1/1,2/3/')
  })

  it('the ISR may be empty, and who led last is remembered (R-99, R-101)', () => {
    fence(3, 2, 1)
    expect(elrSummary()).toBe('-1//1,2/1')
    expect(fixture.summary()).toBe('-1//1/3')
  })

  it('one of them leads again, alone in the ISR and without loss; the other stays eligible', () => {
    fence(3, 2, 1)
    fixture.heartbeat(2)
    expect(elrSummary()).toBe('2/2/1/')
    expect(fixture.partition().leaderRecoveryState).toBe(RECOVERY.recovered)
  })

  it('a replica that is not eligible does not lead, though it is back first', () => {
    fence(3, 2, 1)
    fixture.heartbeat(3)
    expect(elrSummary()).toBe('-1//1,2/1')
  })

  it('an ISR that has the minimum again leaves nobody eligible', () => {
    fence(3, 2)
    fixture.heartbeat(2)
    const { topicId, leaderEpoch, partitionEpoch } = fixture.partition()
    const newIsrWithEpochs = [1, 2].map((brokerId) => ({ brokerId, brokerEpoch: fixture.epochOf(brokerId) }))
    const asked = { partitionIndex: 0, leaderEpoch, newIsrWithEpochs, leaderRecoveryState: 0, partitionEpoch }
    const topics = [{ topicId, partitions: [asked] }]
    fixture.apply(alterPartition(fixture.state, { brokerId: 1, brokerEpoch: fixture.epochOf(1), topics }))
    expect(elrSummary()).toBe('1/1,2//')
  })

  it('an unclean election makes nobody eligible (R-100)', () => {
    fence(3, 2, 1)
    fixture.heartbeat(3)
    const topicPartitions = [{ topic: 'orders', partitions: [0] }]
    fixture.apply(electLeaders(fixture.state, { electionType: 1, topicPartitions, timeoutMs: 1000 }))
    expect(elrSummary()).toBe('3/3//')
    expect(fixture.partition().leaderRecoveryState).toBe(RECOVERY.recovering)
  })

  describe('a broker that comes back (R-96)', () => {
    it('uncleanly is eligible no more; after a clean shutdown it is still', () => {
      fence(3, 2)
      const epoch = fixture.epochOf(2)
      restart(2, epoch)
      expect(elrSummary()).toBe('1/1/2/')
      restart(2)
      expect(elrSummary()).toBe('1/1//')
    })

    it('cleanly is one whose marker names the epoch registered last', () => {
      fence(3, 2)
      restart(2, fixture.epochOf(2) - 1)
      expect(elrSummary()).toBe('1/1//')
    })

    it('is taken as unclean always, before clean shutdowns were detected (KAFKA-18635)', () => {
      setUp({ cleanShutdownDetection: false })
      fence(3, 2)
      restart(2, fixture.epochOf(2))
      expect(elrSummary()).toBe('1/1//')
    })

    it('uncleanly, as the last of them, leads again once it is unfenced: as an unclean leader (R-101)', () => {
      fence(3, 2, 1)
      restart(2)
      expect(elrSummary()).toBe('-1//1/1')
      restart(1)
      expect(elrSummary()).toBe('-1///1')
      fixture.heartbeat(2)
      expect(elrSummary()).toBe('-1///1')
      fixture.heartbeat(1)
      expect(elrSummary()).toBe('1/1//')
      expect(fixture.partition().leaderRecoveryState).toBe(RECOVERY.recovering)
    })

    it('uncleanly is elected in that very record by 4.0, fenced as it is (RB-33, KAFKA-19522)', () => {
      setUp({ checkLastKnownAlive: false })
      fence(3, 2, 1)
      restart(2)
      restart(1)
      expect(elrSummary()).toBe('1/1//')
      expect(fixture.state.image.isActive(1)).toBe(false)
    })
  })

  it('without the feature there are none, and the last member stays (R-99)', () => {
    setUp({ elr: false })
    fence(3, 2, 1)
    expect(elrSummary()).toBe('-1/1//')
    restart(1)
    expect(elrSummary()).toBe('-1/1//')
  })
})
