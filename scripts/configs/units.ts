// The unit of a number, which the jars do not tell: most keys end with it.

import type { ExtractedKey } from '../../src/config/key-definition.ts'

type Unit = NonNullable<ExtractedKey['unit']>

const SUFFIXES: readonly (readonly [RegExp, Unit])[] = [
  [/bytes\.per\.second$/, 'bytes/s'],
  [/\.(ms|millis)$/, 'ms'],
  [/\.(seconds|secs)$/, 's'],
  [/\.minutes$/, 'min'],
  [/\.hours$/, 'h'],
  [/\.percentage$/, 'percent'],
  [/\bbytes\b/, 'bytes'],
]

const OTHERS: { readonly [key: string]: Unit } = {
  'batch.size': 'bytes',
  'buffer.memory': 'bytes',
  'log.cleaner.dedupe.buffer.size': 'bytes',
  'log.cleaner.io.buffer.size': 'bytes',
  'max.request.size': 'bytes',
  'offsets.load.buffer.size': 'bytes',
  'sasl.server.max.receive.size': 'bytes',
  'sasl.kerberos.min.time.before.relogin': 'ms',
  'share.coordinator.load.buffer.size': 'bytes',
  'transaction.state.log.load.buffer.size': 'bytes',
}

/** Undefined for what is counted, such as threads. */
export function unitOf(key: string): Unit | undefined {
  return OTHERS[key] ?? SUFFIXES.find(([suffix]) => suffix.test(key))?.[1]
}
