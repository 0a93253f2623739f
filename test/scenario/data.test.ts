// `cluster.brokers[].data`: a broker begins with Kafka's own segment files.

import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { loadScenario, simulate } from '../../src/index.ts'
import { writeInt32 } from '../../src/records/fixed-ints.ts'
import { computeCrc } from '../../src/records/record-batch.ts'
import { decodeBatches } from '../../src/records/batch-reader.ts'
import { type DataFile, dataDirectory } from '../../src/scenario/data/data-directory.ts'
import { type DiskImage, diskImage } from '../../src/scenario/dump/disk-image.ts'

/** Two segments, from offset 5 on, of three records a batch, that Kafka 4.1.2 has written with all its codecs. */
const WRITTEN = join(import.meta.dirname, '../log/kafka-files/written-by-kafka')
const FIRST = 'orders-0/00000000000000000005.log'

function writtenByKafka(): DataFile[] {
  const names = readdirSync(join(WRITTEN, 'orders-0'))
  return names.map((name) => ({
    path: `orders-0/${name}`,
    bytes: new Uint8Array(readFileSync(join(WRITTEN, 'orders-0', name))),
  }))
}

/** The same with one file changed. */
function changed(path: string, change: (bytes: Uint8Array) => Uint8Array): DataFile[] {
  return writtenByKafka().map((file) => (file.path === path ? { path, bytes: change(file.bytes) } : file))
}

const scenario = (rest = '', brokers = '{ id: 1, data: ./x }, { id: 2, data: ./x }'): string => `
name: loaded
duration: 4s
cluster: { brokers: [${brokers}] }
topics: { orders: { replicas: [[1, 2]], config: { retention.ms: -1 } } }
producers: { web: { topic: orders, count: 1, rate: 20/s } }
consumers: { all: { topic: orders, config: { auto.offset.reset: earliest } } }
${rest}`

/** `offset: value` of all records of a partition on a broker's disk. */
function recordsOn(image: DiskImage): string[] {
  return image.files
    .filter(({ path }) => path.startsWith('data/orders-0/') && path.endsWith('.log'))
    .flatMap(({ bytes }) => {
      const records = decodeBatches(bytes)
      if (typeof records === 'string') throw new Error(records)
      return records.map(
        ({ offset, value }) => `${offset}: ${value === null ? 'null' : new TextDecoder().decode(value)}`,
      )
    })
}

function run(
  text: string,
  files: readonly DataFile[],
): { image: DiskImage; outcome: string; delivered: number | null } {
  let image: (() => DiskImage | undefined) | undefined
  const { verdict } = simulate(text, {
    readDirectory: () => files,
    watch: (cluster) => (image = () => diskImage(cluster, 2)),
  })
  const found = image?.()
  if (found === undefined) throw new Error('there is no broker 2')
  return { image: found, outcome: verdict.outcome, delivered: verdict.history.delivered }
}

describe('a broker that begins with files of a real Kafka', () => {
  it('holds all their records, appends behind them, and lets consumers read both', () => {
    const { image, outcome, delivered } = run(scenario(), writtenByKafka())
    const records = recordsOn(image)
    expect(outcome).toBe('pass')
    expect(records.slice(0, 3)).toEqual([`5: value 5 ${'z'.repeat(60)}`, '6: no key 6', '7: null'])
    expect(records.slice(24, 27)).toEqual([`29: value 29 ${'z'.repeat(60)}`, '30: no key 30', '31: null'])
    expect(records[27]).toMatch(/^32: web\[0\]#0 /)
    expect(delivered).toBe(records.length)
  })

  it('survives a loss of power at the start: the files were there before anything began', () => {
    const text = scenario('faults: [{ at: 400ms, power-loss: "broker:1", lose: all-unflushed, for: 1s }]')
    const { image, outcome } = run(text, writtenByKafka())
    expect(outcome).toBe('pass')
    expect(recordsOn(image)[0]).toBe(`5: value 5 ${'z'.repeat(60)}`)
  })

  it('may be given what a simulated one has left: the same records are there', () => {
    const before = run(scenario(), writtenByKafka()).image
    const files = before.files.map(({ path, bytes }) => ({ path: path.slice('data/'.length), bytes }))
    const after = run(scenario().replace('web:', 'more:'), files).image
    const old = recordsOn(before)
    expect(old.length).toBeGreaterThan(50)
    expect(recordsOn(after).slice(0, old.length)).toEqual(old)
    expect(recordsOn(after)[old.length]).toMatch(/more\[0\]#0 /)
  })
})

/** Entries of a transaction index: [producer id, first offset, offset of the ABORT marker], all stable up to there. */
function aborts(...entries: readonly (readonly [number, number, number])[]): Uint8Array {
  const bytes = new Uint8Array(34 * entries.length)
  const view = new DataView(bytes.buffer)
  for (const [i, [producer, first, last]] of entries.entries()) {
    const values = [producer, first, last, first]
    for (const [n, value] of values.entries()) view.setBigInt64(34 * i + 2 + 8 * n, BigInt(value))
  }
  return bytes
}

describe('the index of aborted transactions (S-7)', () => {
  const TXN = 'orders-0/00000000000000000005.txnindex'
  const besides = (bytes: Uint8Array): DataFile[] => [...writtenByKafka(), { path: TXN, bytes }]

  it('stays beside its segment, and is not made for others', () => {
    const { image, outcome } = run(scenario(), besides(aborts([7, 5, 8], [8, 6, 14])))
    expect(outcome).toBe('pass')
    const found = image.files.filter(({ path }) => path.endsWith('.txnindex'))
    expect(found.map(({ path }) => path)).toEqual([`data/${TXN}`])
    expect(found[0]?.bytes).toEqual(aborts([7, 5, 8], [8, 6, 14]))
  })

  it.each([
    ['half an entry', aborts([7, 5, 8]).slice(0, 20), '20 bytes are no whole entries of 34'],
    ['another version', aborts([7, 5, 8]).with(1, 3), 'entry at byte 0: version 3'],
    ['an abort of another segment', aborts([7, 5, 8], [7, 5, 900]), 'entry at byte 34: an abort at offset 900'],
    ['aborts that go back', aborts([7, 5, 9], [7, 5, 8]), 'entry at byte 34: an abort at offset 8'],
  ])('is refused with %s', (_, bytes, problem) => {
    expect(dataDirectory(besides(bytes))).toContain(`${TXN}: ${problem}`)
  })
})

describe('bytes that cannot be read', () => {
  it.each([
    [
      'a changed bit',
      (bytes: Uint8Array) => bytes.with(70, bytes[70]! ^ 1),
      /^orders-0\/0+5\.log: at byte 0, where offset 5 is due: the batch has the checksum \d+, and its bytes have \d+$/,
    ],
    [
      'a file cut short',
      (bytes: Uint8Array) => bytes.slice(0, -9),
      /at byte \d{3}, where offset 17 is due: the file ends within a record batch \(\d+ bytes are left\)$/,
    ],
    [
      'zeros behind',
      (bytes: Uint8Array) => new Uint8Array([...bytes, ...new Uint8Array(99)]),
      /where offset 20 is due: zeros$/,
    ],
    [
      'an old format',
      (bytes: Uint8Array) => bytes.with(16, 1),
      /at byte 0, where offset 5 is due: a batch of magic 1, from before Kafka 0\.11$/,
    ],
    [
      'offsets that go back',
      (bytes: Uint8Array) => bytes.with(7, 4),
      /at byte 0, where offset 5 is due: offsets go back$/,
    ],
  ] as const)('%s: told with file, byte, offset and reason', (_, change, message) => {
    expect(dataDirectory(changed(FIRST, change))).toMatch(message)
  })

  it('in a checkpoint are told, too; a directory without partitions is none', () => {
    const bytes = new TextEncoder().encode('0\n2\norders 0 5\n')
    expect(dataDirectory([...writtenByKafka(), { path: 'log-start-offset-checkpoint', bytes }])).toBe(
      'log-start-offset-checkpoint: 2 entries announced, 1 found',
    )
    expect(dataDirectory([{ path: 'meta.properties', bytes }])).toMatch(/^no partition is in it/)
  })

  it('keep the scenario from running, with the place of the directory', () => {
    const rotten = changed(FIRST, (bytes) => bytes.with(70, bytes[70]! ^ 1))
    const result = loadScenario(scenario(), { readDirectory: () => rotten })
    expect(result.ok ? [] : result.findings.map(({ code, line }) => `${code} ${line}`)).toEqual(['KS222 4', 'KS222 4'])
  })
})

describe('indexes beside the logs', () => {
  const second = 'orders-0/00000000000000000020'
  const names = (files: readonly DataFile[]): string[] => {
    const read = dataDirectory(files)
    if (typeof read === 'string') throw new Error(read)
    return read.files.flatMap(({ path }) => (path.startsWith('orders-0/0') ? [path.slice('orders-0/'.length)] : []))
  }
  const LOGS = ['00000000000000000005.log', '00000000000000000020.log']

  it('are taken where they agree', () => {
    expect(names(writtenByKafka())).toHaveLength(6)
  })

  it.each([
    ['offsets that no batch ends with', `${second}.index`, (bytes: Uint8Array) => bytes.with(3, 200)],
    ['positions where no batch begins', `${second}.index`, (bytes: Uint8Array) => bytes.with(7, bytes[7]! ^ 1)],
    ['entries that go back', `${second}.index`, (bytes: Uint8Array) => bytes.with(3, 50)],
    ['timestamps of no batch', `${second}.timeindex`, (bytes: Uint8Array) => bytes.with(7, bytes[7]! ^ 1)],
    ['no last timestamp', `${second}.timeindex`, (bytes: Uint8Array) => bytes.slice(0, 24)],
    ['entries behind the end of the log', `${second}.log`, (bytes: Uint8Array) => bytes.slice(0, 178)],
  ] as const)('with %s are built anew, both of them', (_, path, change) => {
    expect(names(changed(path, change))).toEqual([LOGS[0], ...names(writtenByKafka()).slice(1, 3), LOGS[1]])
  })

  it('are built anew if one is missing', () => {
    const files = writtenByKafka().filter(({ path }) => path !== `${second}.timeindex`)
    expect(names(files)).toEqual(expect.not.arrayContaining([`${second}.index`]))
  })

  it('that run ahead of a log that was cut: what comes is appended where the log ends', () => {
    const { image, outcome } = run(
      scenario(),
      changed(`${second}.log`, (bytes) => bytes.slice(0, 178)),
    )
    expect(outcome).toBe('pass')
    expect(recordsOn(image)[18]).toMatch(/^23: web\[0\]#0 /)
  })
})

describe('segments that do not go together', () => {
  it('overlap: told with both', () => {
    const files = writtenByKafka()
    const bytes = new Uint8Array(files.filter(({ path }) => path.endsWith('.log')).flatMap((file) => [...file.bytes]))
    expect(dataDirectory(files.map((file) => (file.path === FIRST ? { path: FIRST, bytes } : file)))).toBe(
      'orders-0/00000000000000000020.log: begins below the end of the segment before it, which is 32',
    )
  })

  it('are those of a compaction that did not end', () => {
    const swap = { path: 'orders-0/00000000000000000005.log.swap', bytes: new Uint8Array(0) }
    expect(dataDirectory([...writtenByKafka(), swap])).toMatch(/05\.log\.swap: a compaction that was interrupted; /)
  })
})

describe('where the data is', () => {
  const findings = (text: string, readDirectory?: () => readonly DataFile[] | string) => {
    const result = loadScenario(text, { readDirectory })
    return result.ok ? [] : result.findings.map(({ message }) => message)
  }

  it('all replicas must begin with a partition, where the topic says that they are', () => {
    const one = scenario('', '{ id: 1, data: ./x }, { id: 2 }')
    expect(findings(one, writtenByKafka)).toEqual([
      'broker 2 has no orders-0 in its data, and broker 1 has: all replicas must begin with it',
    ])
    expect(findings(scenario().replace('replicas: [[1, 2]]', 'replication.factor: 2'), writtenByKafka)[0]).toMatch(
      /^orders-0 is in the data of broker 1, 2, and topics\.orders\.replicas does not say/,
    )
  })

  it('replicas must hold the same, unless they are compacted, each for itself', () => {
    const other = changed(FIRST, (bytes) => {
      const copy = bytes.slice()
      // Another codec's bits do not matter here: some byte behind the checksum, and the checksum of that.
      copy[80] = copy[80]! ^ 1
      writeInt32(copy, 17, computeCrc(copy, 0))
      return copy
    })
    const read = (dir: string) => (dir === './x' ? writtenByKafka() : other)
    const text = scenario('', '{ id: 1, data: ./x }, { id: 2, data: ./y }')
    const found = (of: string) => {
      const loaded = loadScenario(of, { readDirectory: read })
      return loaded.ok ? [] : loaded.findings.map(({ message }) => message)
    }
    expect(found(text)).toEqual([
      'orders-0 has another batch at offset 5 in the data of broker 2 than in that of broker 1',
    ])
    expect(found(text.replace('retention.ms: -1', 'retention.ms: -1, cleanup.policy: compact'))).toEqual([])
  })

  it('somebody must be able to read it', () => {
    expect(findings(scenario(), () => 'no such directory')[0]).toBe('data ./x: no such directory')
    expect(findings(scenario())[0]).toBe('data ./x: cannot be read here; kafkasim check, run, explain and dump can')
  })
})
