// Where two answers to the same question differ. Error messages are for people and differ in wording, so they are not
// compared. A field that Kafka leaves out, since the version lacks it or it has its tagged default, must be blank in ours.

import type { Plain, PlainObject } from './transcript.ts'

export interface Difference {
  /** `responses[0].partitionResponses[0].errorCode`. */
  readonly path: string
  readonly kafka: Plain | undefined
  readonly ours: Plain | undefined
}

const WORDING: ReadonlySet<string> = new Set(['errorMessage', 'batchIndexErrorMessage'])

export function differences(kafka: Plain, ours: Plain): Difference[] {
  const found: Difference[] = []
  compare(kafka, ours, '', found)
  return found
}

function compare(kafka: Plain | undefined, ours: Plain | undefined, path: string, found: Difference[]): void {
  if (kafka === undefined) {
    if (!isBlank(ours)) found.push({ path, kafka, ours })
  } else if (isList(kafka) && isList(ours)) {
    if (kafka.length !== ours.length) found.push({ path: `${path}.length`, kafka: kafka.length, ours: ours.length })
    for (const [i, item] of kafka.entries()) {
      if (i < ours.length) compare(item, ours[i], `${path}[${i}]`, found)
    }
  } else if (isObject(kafka) && isObject(ours)) {
    for (const field of new Set([...Object.keys(kafka), ...Object.keys(ours)])) {
      if (WORDING.has(field)) continue
      compare(kafka[field], ours[field], path === '' ? field : `${path}.${field}`, found)
    }
  } else if (kafka !== ours) found.push({ path, kafka, ours })
}

function isBlank(value: Plain | undefined): boolean {
  if (value === undefined || value === null || value === '' || value === false) return true
  // The last is how 'not requested' reads in authorized operations.
  if (value === -1 || value === 0 || value === -2147483648 || value === 'AAAAAAAAAAAAAAAAAAAAAA') return true
  if (isList(value)) return value.length === 0
  return isObject(value) && Object.values(value).every(isBlank)
}

function isList(value: Plain | undefined): value is readonly Plain[] {
  return Array.isArray(value)
}

function isObject(value: Plain | undefined): value is PlainObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
