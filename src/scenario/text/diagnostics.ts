// Everything a scenario file can be told: one catalogue of stable codes, and what a finding is. KS0xx: the text is no
// usable YAML. KS1xx: keys and values. KS2xx: faults and expectations. KS3xx: legal, but probably not meant. KS4xx: --set.

export const DIAGNOSTICS = {
  KS001: 'the text is not valid YAML',
  KS002: 'the file is empty',
  KS003: 'the file is not a mapping of keys to values',
  KS004: 'a key is there twice',
  KS005: 'a kind of key that is not allowed: merge keys, keys that are no text, names of JavaScript internals',
  KS006: 'a character that does not belong in a text file',
  KS007: 'the file is too large, too deep, or grows too much by aliases',
  KS101: 'unknown key',
  KS102: 'a key is missing',
  KS103: 'unknown Kafka config',
  KS104: 'a value has the wrong type',
  KS105: 'a value is out of range',
  KS106: 'a literal cannot be read: duration, size, rate, probability or range',
  KS107: 'YAML reads this as a number or a boolean, and a text is meant',
  KS108: 'a number is too large to be exact',
  KS109: 'too many alternatives',
  KS110: 'a Kafka config of another scope',
  KS111: 'a Kafka config value is not valid',
  KS112: 'a Kafka config is known and not modelled',
  KS113: 'Kafka forbids this combination of configs',
  KS114: 'Kafka changes another config silently because of this one',
  KS115: 'no such buggify point',
  KS120: 'not of this Kafka version, or a version that is not modelled',
  KS130: 'part of the format, not built yet',
  KS140: 'a name that cannot be used',
  KS141: 'replicas do not fit the brokers',
  KS142: 'a reference to a topic, partition, broker or rack that does not exist',
  KS150: 'a path of the matrix names no place that it can set',
  KS151: 'a matrix cannot be read',
  KS152: '`where:` matches no row of the matrix',
  KS201: 'a fault needs exactly one verb',
  KS202: 'unknown fault verb',
  KS203: 'a target cannot be read',
  KS204: 'a target names something that does not exist',
  KS205: 'a fault lies outside the run',
  KS206: 'keys of a fault that do not go together',
  KS207: 'two faults have the same id',
  KS208: 'both ends of a network fault overlap, or one is missing',
  KS210: 'an expectation cannot be read',
  KS211: 'unknown expectation or invariant',
  KS212: 'an expectation names something that does not exist',
  KS213: 'an anomaly that cannot be allowed',
  KS220: 'a trigger cannot be read',
  KS221: 'a trigger names something that does not exist, or waits for what cannot come',
  KS301: 'any single broker stop blocks acks=all writes',
  KS305: 'a pause that is too short to be noticed',
  KS310: 'this expectation probably cannot hold',
  KS401: '--set cannot be read',
  KS402: '--set names a place that does not exist',
  KS403: 'the scenario has several rows, or none of this label',
} as const

export type DiagnosticCode = keyof typeof DIAGNOSTICS

export interface Finding {
  readonly code: DiagnosticCode
  readonly severity: 'error' | 'warn'
  readonly message: string
  /** As given to the loader; `--set` for overrides, whose line is the number of the override. */
  readonly file: string
  /** 1-based; the end column is that after the last character, on the same line. */
  readonly line: number
  readonly column: number
  readonly endColumn: number
  readonly suggestion?: string
}

/** A finding without its place: where is known by its path. */
export interface Problem {
  readonly code: DiagnosticCode
  readonly severity?: 'error' | 'warn'
  readonly message: string
  readonly suggestion?: string | undefined
}
