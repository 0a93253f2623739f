// Why records lie twice in a log, or in another order than they were sent: what a producer sends again without a number on
// it is to the broker another record.

import { at, type Cause, type CauseRule, type FinishedRun, type Mishap, producerOf, producerSetting } from './cause.ts'
import type { ProducerSpec } from '../../model.ts'
import type { Retry } from './retries.ts'

export const ORDER_RULES: readonly CauseRule[] = [
  {
    id: 'retry-without-idempotence',
    says: 'a batch was sent again, and nobody could know that it had arrived',
    recognise: (mishap, run) => {
      const sent = sentAgain(mishap, run)
      if (mishap.kind !== 'duplicated' || sent === undefined || sent.producer.config['enable.idempotence'])
        return undefined
      const { partition, client, n, offset } = mishap.record
      return {
        key: `retry-without-idempotence ${sent.producer.name}`,
        rule: 'retry-without-idempotence',
        happened:
          `${client}#${n} lies at ${partition}@${mishap.firstOffset} and again at @${offset}. ${whySentAgain(client, sent.retry)} ` +
          'The first attempt had been appended; the second was appended too, since nothing told the leader that it was the same.',
        because: [producerSetting(run.scenario, sent.producer, 'enable.idempotence')],
        cites: 'R-44, R-46',
        cures: [idempotence(sent.producer)],
      }
    },
  },
  {
    id: 'renumbered-after-expiry',
    says: 'an idempotent producer gave batches up, and numbered those after them anew',
    recognise: (mishap, run) => {
      const sent = sentAgain(mishap, run)
      if (mishap.kind !== 'duplicated' || sent === undefined || !sent.producer.config['enable.idempotence'])
        return undefined
      const { partition, client, n, offset } = mishap.record
      if (!run.raisedEpochs) return undefined
      return {
        key: `renumbered-after-expiry ${sent.producer.name}`,
        rule: 'renumbered-after-expiry',
        happened:
          `${client}#${n} lies at ${partition}@${mishap.firstOffset} and again at @${offset}, although the producer is ` +
          `idempotent. ${whySentAgain(client, sent.retry)} Before that was answered, a batch ahead of it was given up, or ` +
          'refused as out of order: the producer went on under a raised epoch and numbered anew what was still on its ' +
          'way, and the leader took it for something new.',
        because: [
          producerSetting(run.scenario, sent.producer, 'max.in.flight.requests.per.connection'),
          producerSetting(run.scenario, sent.producer, 'delivery.timeout.ms'),
        ],
        cites: 'P-20, P-21, R-45, R-46, KU-7',
        cures: [
          {
            text: 'one request at a time: nothing is sent behind a batch without an answer',
            set: [`producers.${sent.producer.name}.config.max.in.flight.requests.per.connection=1`],
          },
        ],
      }
    },
  },
  {
    id: 'in-flight-without-idempotence',
    says: 'a later batch overtook one that had to be sent again',
    recognise: (mishap, run) => {
      const sent = sentAgain(mishap, run)
      if (mishap.kind !== 'reordered' || sent === undefined) return undefined
      const { producer } = sent
      const inFlight = producer.config['max.in.flight.requests.per.connection']
      if (producer.config['enable.idempotence'] || inFlight <= 1) return undefined
      const { partition, client, n, offset } = mishap.record
      return {
        key: `in-flight-without-idempotence ${producer.name}`,
        rule: 'in-flight-without-idempotence',
        happened:
          `${client}#${n} lies at ${partition}@${offset}, behind #${mishap.after}, which was sent later. ` +
          `${whySentAgain(client, sent.retry)} Up to ${inFlight} requests were on their way at once, and one that came ` +
          'after it had been appended in the meantime.',
        because: [
          producerSetting(run.scenario, producer, 'max.in.flight.requests.per.connection'),
          producerSetting(run.scenario, producer, 'enable.idempotence'),
        ],
        cites: 'R-44, P-5',
        cures: [
          idempotence(producer),
          {
            text: 'one request at a time keeps the order, and is slower',
            set: [`producers.${producer.name}.config.max.in.flight.requests.per.connection=1`],
          },
        ],
      }
    },
  },
]

function sentAgain(
  mishap: Mishap,
  { scenario, retries }: FinishedRun,
): { producer: ProducerSpec; retry: Retry } | undefined {
  if (mishap.kind !== 'duplicated' && mishap.kind !== 'reordered') return undefined
  const { client, n } = mishap.record
  const producer = producerOf(scenario, client)
  const retry = retries.of(client, n)
  return producer === undefined || retry === undefined ? undefined : { producer, retry }
}

function whySentAgain(client: string, { atUs, error, answered }: Retry): string {
  const why = answered ? `it was answered ${error}` : `no answer came (${error})`
  return `At ${at(atUs)} ${client} took its first attempt for failed: ${why}; so it sent it again.`
}

function idempotence({ name, config }: ProducerSpec): Cause['cures'][number] {
  const set = [`producers.${name}.config.enable.idempotence=true`]
  // Idempotence needs both (P-14).
  if (config.acks !== -1) set.push(`producers.${name}.config.acks=all`)
  if (config['max.in.flight.requests.per.connection'] > 5) {
    set.push(`producers.${name}.config.max.in.flight.requests.per.connection=5`)
  }
  return { text: 'enable.idempotence=true: batches carry numbers, and the leader knows those it has', set }
}
