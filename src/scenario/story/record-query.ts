// Which record is meant: `orders-0@4822`, whatever lies or lay there, or `web[0]#4822`, wherever it went.

export type RecordQuery =
  | { readonly kind: 'offset'; readonly partition: string; readonly offset: number }
  | { readonly kind: 'id'; readonly client: string; readonly n: number }

/** The shape of a query, for those who have to be told. */
export const QUERY_FORMS =
  'PARTITION@OFFSET such as orders-0@4711, or CLIENT#N such as web[0]#4711, as reports print them'

const AT_OFFSET = /^([a-zA-Z0-9._-]+-\d+)@(\d+)$/
const BY_ID = /^([^#\s]+)#(\d+)$/

/** Undefined if it is neither. */
export function parseRecordQuery(text: string): RecordQuery | undefined {
  const [, partition, at] = AT_OFFSET.exec(text) ?? []
  if (partition !== undefined) return numbered(at, (offset) => ({ kind: 'offset', partition, offset }))
  const [, client, counter] = BY_ID.exec(text) ?? []
  return client === undefined ? undefined : numbered(counter, (n) => ({ kind: 'id', client, n }))
}

export function queryText(query: RecordQuery): string {
  return query.kind === 'offset' ? `${query.partition}@${query.offset}` : `${query.client}#${query.n}`
}

function numbered(digits: string | undefined, made: (value: number) => RecordQuery): RecordQuery | undefined {
  const value = Number(digits)
  return Number.isSafeInteger(value) ? made(value) : undefined
}
