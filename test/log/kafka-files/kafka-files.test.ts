// Kafka's own dump tool read these directories without a complaint, and printed what is kept here. Our files still say the
// same, word for word, and in our words too (S-2 – S-8, S-16).

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { partitionText } from '../../../reports/kafka-dump/partition-text.ts'
import { DIR } from '../fixtures.ts'
import { CASES, segmentFiles } from './cases.ts'

describe("what Kafka's dump tool printed", () => {
  for (const { name, make } of CASES) {
    it(`of ${name} is what is in the files`, () => {
      const disk = make()
      const files = segmentFiles(disk).map((file) => {
        const bytes = disk.bytes(`${DIR}/${file}`)
        const padded = new Uint8Array(Math.max(bytes.length, disk.allocatedBytes(`${DIR}/${file}`)))
        padded.set(bytes)
        return { path: file, bytes: padded }
      })
      const { lines, complaints } = partitionText(files, true)
      expect(complaints).toEqual([])
      expect(`${lines.join('\n')}\n`).toBe(readFileSync(join(import.meta.dirname, `${name}.txt`), 'utf8'))
    })
  }
})
