import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { EventLoop } from '../../../sim/event-loop.ts'
import { Owner } from '../../../sim/owner.ts'
import { JobRunner } from '../../../sim/process/job-runner.ts'
import { Life } from '../../../sim/process/life.ts'
import { Slowdown } from '../../../sim/process/slowdown.ts'

function bench() {
  const loop = new EventLoop({})
  const owner = new Owner(1, 'broker-1')
  const world = new Owner(0, 'world')
  const cpu = new Slowdown()
  const jobs = new JobRunner(loop, new Life(owner, 1), cpu)
  const log: string[] = []
  /** A job that notes its start, charges, and sends something that notes when it left. */
  const job = (name: string, us: number) => () => {
    log.push(`${name} starts ${loop.nowUs}`)
    jobs.charge(us)
    jobs.postpone({ depart: (atUs) => log.push(`${name} sends ${atUs}`) })
  }
  const at = (us: number, fn: () => void) => loop.schedule(us, owner, 'test', 0, fn)
  const worldAt = (us: number, fn: () => void) => loop.schedule(us, world, 'test', 0, fn)
  return { loop, owner, cpu, jobs, log, job, at, worldAt }
}

describe('a pool', () => {
  it('of k threads runs k jobs at once; others wait, first in first out', () => {
    const { loop, jobs, log, job } = bench()
    const pool = jobs.pool('io', 2)
    pool.run('job', job('a', 100))
    pool.run('job', job('b', 30))
    pool.run('job', job('c', 10))
    pool.run('job', job('d', 10))
    expect(pool.queued).toBe(2)
    loop.run(1000)
    expect(log).toEqual([
      'a starts 0',
      'a sends 100',
      'b starts 0',
      'b sends 30',
      'c starts 30',
      'c sends 40',
      'd starts 40',
      'd sends 50',
    ])
    expect(pool.queued).toBe(0)
  })

  it('runs a job at once, inside the current event, when a thread is free', () => {
    const { loop, jobs, log, job, at } = bench()
    const pool = jobs.pool('io', 1)
    at(10, () => {
      pool.run('job', job('a', 5))
      log.push('event goes on')
    })
    loop.run(1000)
    expect(log).toEqual(['a starts 10', 'a sends 15', 'event goes on'])
    expect(loop.executed).toBe(1)
  })

  it('starts as in a naive model, for any load', () => {
    const load = fc.array(fc.record({ gapUs: fc.nat(60), chargeUs: fc.nat(100) }), { maxLength: 40 })
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 4 }), load, (threads, arrivals) => {
        const { loop, jobs, at } = bench()
        const pool = jobs.pool('io', threads)
        const starts: number[] = []
        const expected: number[] = []
        const free = Array.from({ length: threads }, () => 0)
        let atUs = 0
        for (const { gapUs, chargeUs } of arrivals) {
          atUs += gapUs
          at(atUs, () =>
            pool.run('job', () => {
              starts.push(loop.nowUs)
              jobs.charge(chargeUs)
            }),
          )
          const thread = free.indexOf(Math.min(...free))
          const startUs = Math.max(atUs, free[thread] ?? 0)
          free[thread] = startUs + chargeUs
          expected.push(startUs)
        }
        loop.run(1_000_000)
        expect(starts).toEqual(expected)
      }),
    )
  })

  it('needs at most one event to start waiting jobs, and none when a job has started otherwise', () => {
    const { loop, jobs, log, job, at } = bench()
    const pool = jobs.pool('io', 1)
    at(100, () => pool.run('job', job('c', 0)))
    pool.run('job', job('a', 100))
    pool.run('job', job('b', 0))
    loop.run(1000)
    expect(log.filter((line) => line.includes('starts'))).toEqual(['a starts 0', 'b starts 100', 'c starts 100'])
    expect(loop.executed).toBe(1)
  })

  it('has a name of its own, and at least one thread', () => {
    const { jobs } = bench()
    jobs.pool('io', 1)
    expect(() => jobs.pool('io', 1)).toThrow(/two pools 'io'/)
    expect(() => jobs.pool('none', 0)).toThrow(/0 threads/)
  })
})

describe('a job', () => {
  it('sends when all it charges is over, in the order it sent', () => {
    const { jobs, log } = bench()
    jobs.pool('io', 1).run('job', () => {
      jobs.charge(5)
      jobs.postpone({ depart: (atUs) => log.push(`first ${atUs}`) })
      expect(jobs.localUs()).toBe(5)
      jobs.charge(7)
      jobs.postpone({ depart: (atUs) => log.push(`second ${atUs}`) })
      expect(jobs.localUs()).toBe(12)
    })
    expect(log).toEqual(['first 12', 'second 12'])
    expect(jobs.localUs()).toBe(0)
  })

  it('costs more on a slow CPU; what is not CPU does not', () => {
    const { jobs, cpu, log, job } = bench()
    const heal = cpu.apply(3)
    const healOther = cpu.apply(1.5)
    const pool = jobs.pool('io', 10)
    pool.run('job', job('a', 11))
    heal()
    pool.run('job', job('b', 11))
    healOther()
    expect(cpu.factor).toBe(1)
    cpu.apply(10)
    pool.run('job', () => {
      jobs.occupy(11)
      expect(jobs.localUs()).toBe(11)
    })
    expect(log.filter((line) => line.includes('sends'))).toEqual(['a sends 50', 'b sends 17'])
  })

  it('outside of which nothing can be charged, postponed or held', () => {
    const { jobs } = bench()
    jobs.charge(1000)
    expect(jobs.localUs()).toBe(0)
    expect(jobs.postpone({ depart: () => undefined })).toBe(false)
    expect(jobs.hold()).toBeUndefined()
  })

  it('never runs within a job: what it submits starts when it has returned, in order, at the same instant', () => {
    const { loop, jobs, log, job } = bench()
    const [a, b] = [jobs.pool('a', 2), jobs.pool('b', 1)]
    a.run('job', () => {
      log.push('outer starts')
      b.run('job', job('b1', 10))
      a.run('job', job('a1', 10))
      b.run('job', job('b2', 10))
      jobs.charge(50)
      log.push('outer ends')
    })
    loop.run(1000)
    expect(log).toEqual([
      'outer starts',
      'outer ends',
      'b1 starts 0',
      'b1 sends 10',
      'a1 starts 0',
      'a1 sends 10',
      'b2 starts 10',
      'b2 sends 20',
    ])
  })

  it('that submits itself without taking time is stopped as a defect', () => {
    const { jobs } = bench()
    const pool = jobs.pool('io', 1)
    const again = () => pool.run('spin', again)
    expect(() => pool.run('spin', again)).toThrow(/for ever at one instant/)
  })

  it('sends nothing if its process dies under it', () => {
    const { loop, owner, jobs, log, job } = bench()
    const pool = jobs.pool('io', 1)
    pool.run('job', () => {
      job('a', 10)()
      pool.run('job', job('b', 10))
      loop.kill(owner)
    })
    loop.run(1000)
    expect(log).toEqual(['a starts 0'])
  })
})

describe('a job that is held', () => {
  it('keeps its thread and what it sent until released; charges after the hold come after the release', () => {
    const { loop, jobs, log, job, worldAt } = bench()
    const pool = jobs.pool('io', 1)
    let release: (() => void) | undefined
    pool.run('job', () => {
      job('a', 10)()
      release = jobs.hold()
      jobs.charge(5)
    })
    pool.run('job', job('b', 10))
    worldAt(500, () => {
      release?.()
      release?.()
    })
    loop.run(499)
    expect(log).toEqual(['a starts 0'])
    loop.run(1000)
    expect(log).toEqual(['a starts 0', 'a sends 505', 'b starts 505', 'b sends 515'])
  })

  it('and released before its charged time is over ends with that', () => {
    const { loop, jobs, log, job, worldAt } = bench()
    jobs.pool('io', 1).run('job', () => {
      job('a', 100)()
      const release = jobs.hold()
      worldAt(20, () => release?.())
    })
    loop.run(1000)
    expect(log).toEqual(['a starts 0', 'a sends 100'])
  })

  it('more than once waits for the last release', () => {
    const { loop, jobs, log, job, worldAt } = bench()
    jobs.pool('io', 1).run('job', () => {
      job('a', 1)()
      for (const us of [300, 200]) {
        const release = jobs.hold()
        worldAt(us, () => release?.())
      }
    })
    loop.run(1000)
    expect(log).toEqual(['a starts 0', 'a sends 300'])
  })

  it('leaves other threads and pools alone', () => {
    const { loop, jobs, log, job } = bench()
    const pool = jobs.pool('io', 2)
    pool.run('job', () => {
      jobs.hold()
    })
    pool.run('job', job('b', 10))
    pool.run('job', job('c', 10))
    loop.run(1000)
    expect(log).toEqual(['b starts 0', 'b sends 10', 'c starts 10', 'c sends 20'])
  })

  it('while its process is paused ends when that resumes', () => {
    const { loop, owner, jobs, log, job, worldAt } = bench()
    jobs.pool('io', 1).run('job', () => {
      job('a', 10)()
      const release = jobs.hold()
      worldAt(50, () => loop.pause(owner))
      worldAt(60, () => release?.())
      worldAt(90, () => loop.resume(owner))
    })
    loop.run(1000)
    expect(log).toEqual(['a starts 0', 'a sends 90'])
  })

  it('while its process dies sends nothing', () => {
    const { loop, owner, jobs, log, job, worldAt } = bench()
    jobs.pool('io', 1).run('job', () => {
      job('a', 10)()
      const release = jobs.hold()
      worldAt(50, () => loop.kill(owner))
      worldAt(60, () => release?.())
    })
    loop.run(1000)
    expect(log).toEqual(['a starts 0'])
  })
})
