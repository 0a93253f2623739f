// All myths, by their numbers in the list of claims that people are taught (M01–M20 and M22–M60 so far).

import { ASSIGNOR_MYTHS } from './assignor-myths.ts'
import { COORDINATOR_MYTHS } from './coordinator-myths.ts'
import { DELIVERY_MYTHS } from './delivery-myths.ts'
import { DURABILITY_MYTHS } from './durability-myths.ts'
import { ELECTION_MYTHS } from './election-myths.ts'
import { HIGH_WATERMARK_MYTHS } from './high-watermark-myths.ts'
import { ISR_MYTHS } from './isr-myths.ts'
import type { Myth, UnbuiltMyth } from './myth.ts'
import { PRODUCER_MYTHS } from './producer-myths.ts'
import { REBALANCE_MYTHS } from './rebalance-myths.ts'
import { RETENTION_MYTHS } from './retention-myths.ts'
import { DISK_MYTHS } from './disk-myths.ts'
import { STORAGE_MYTHS } from './storage-myths.ts'

export const MYTHS: readonly Myth[] = [
  ...ISR_MYTHS,
  ...HIGH_WATERMARK_MYTHS,
  ...ELECTION_MYTHS,
  ...DURABILITY_MYTHS,
  ...PRODUCER_MYTHS,
  ...DELIVERY_MYTHS,
  ...REBALANCE_MYTHS,
  ...ASSIGNOR_MYTHS,
  ...COORDINATOR_MYTHS,
  ...STORAGE_MYTHS,
  ...DISK_MYTHS,
  ...RETENTION_MYTHS,
].toSorted((a, b) => (a.id < b.id ? -1 : 1))

/** Claims that cannot be put to the test yet. */
export const UNBUILT_MYTHS: readonly UnbuiltMyth[] = [
  {
    id: 'M32',
    slug: 'abort-after-any-error',
    claim: 'After any KafkaException a transactional producer calls abortTransaction and goes on.',
    needs: 'transactions',
  },
  {
    id: 'M33',
    slug: 'transactions-dedupe',
    claim: 'Transactions remove duplicates across sessions.',
    needs: 'transactions',
  },
  {
    id: 'M34',
    slug: 'half-messages',
    claim: 'Kafka has half messages, and checks back what became of a transaction, as RocketMQ does.',
    needs: 'transactions',
  },
]

/** All of them, in order. */
export const CLAIMS: readonly (Myth | UnbuiltMyth)[] = [...MYTHS, ...UNBUILT_MYTHS].toSorted((a, b) =>
  a.id < b.id ? -1 : 1,
)

/** By `M07`, `m7` or `largest-leo-wins`. */
export function mythNamed(typed: string, myths: readonly (Myth | UnbuiltMyth)[] = CLAIMS) {
  const number = /^m(\d{1,3})$/i.exec(typed)?.[1]
  const id = number === undefined ? undefined : `M${number.padStart(2, '0')}`
  return myths.find((myth) => myth.id === id || myth.slug === typed.toLowerCase())
}
