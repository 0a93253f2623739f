// What was probably meant by a target that cannot be read: `rack a` for `rack:a`, `leader of orders-0`, `broker-2`, `2`.

import { editSuggestion } from '../../config/did-you-mean.ts'
import { parseTarget } from './target.ts'

/** The bare name of clients of the file, or nearly; undefined if there is no telling. */
export function meantClients(raw: string, groups: readonly string[], producers: readonly string[]): readonly string[] {
  const text = raw.trim()
  const near = editSuggestion(text, [...groups, ...producers])
  const name = [...groups, ...producers].includes(text) ? text : near
  if (name === undefined) return []
  return [
    ...(groups.includes(name) ? [`consumer(${name})`] : []),
    ...(producers.includes(name) ? [`producer(${name})`] : []),
  ]
}

const HEADS = ['broker', 'rack', 'leader', 'follower', 'producer', 'consumer'] as const

/** One that can be read; undefined if there is no telling. */
export function meantTarget(raw: string): string | undefined {
  const text = raw.trim().slice(0, 200)
  const meant = candidate(text)
  return meant !== undefined && parseTarget(meant).ok ? meant : undefined
}

function candidate(text: string): string | undefined {
  if (/^\d+$/.test(text)) return `broker:${text}`
  const [, word = '', rest = ''] = /^([a-z]+)[\s:=_(-]+(?:of\s+)?([\w.-]+(?:\[\d+\])?)\)?$/i.exec(text) ?? []
  const lower = word.toLowerCase().replace(/s$/, '')
  const head = HEADS.find((known) => known === lower) ?? editSuggestion(lower, HEADS)
  switch (head) {
    case 'broker':
    case 'rack':
      return `${head}:${rest}`
    case 'leader':
    case 'follower':
      return `${head}(${/-\d+$/.test(rest) ? rest : `${rest}-0`})`
    case 'producer':
    case 'consumer':
      return `${head}(${rest})`
    default:
      // A member of a group, by its name as reports have it.
      if (/^[\w.-]+\[\d+\]$/.test(text)) return `consumer(${text})`
      return editSuggestion(text, ['controller', 'one broker', 'all brokers'])
  }
}
