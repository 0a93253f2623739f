// Why bytes of a log cannot be read, for people.

import { unreachable } from '../../../sim/index.ts'
import { type BatchProblem, computeCrc, crc, magic } from '../../records/record-batch.ts'

export type BytesProblem = BatchProblem | 'goes-back'

export function whatIsWrong(problem: BytesProblem, bytes: Uint8Array, position: number): string {
  switch (problem) {
    case 'incomplete':
      return `the file ends within a record batch (${bytes.length - position} bytes are left)`
    case 'bad-length':
      return allZero(bytes, position) ? 'zeros' : 'no record batch (its length makes no sense)'
    case 'bad-magic':
      return magic(bytes, position) < 2
        ? `a batch of magic ${magic(bytes, position)}, from before Kafka 0.11`
        : `no record batch (magic ${magic(bytes, position)})`
    case 'bad-crc':
      return `the batch has the checksum ${crc(bytes, position)}, and its bytes have ${computeCrc(bytes, position)}`
    case 'bad-field':
      return 'no record batch (an offset or a number of records that no writer makes)'
    case 'goes-back':
      return 'offsets go back'
    default:
      return unreachable(problem, 'problem of bytes')
  }
}

function allZero(bytes: Uint8Array, from: number): boolean {
  for (let i = from; i < bytes.length; i++) if (bytes[i] !== 0) return false
  return true
}
