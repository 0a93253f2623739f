// A topic that something in a file is about: one of its own.

import { editSuggestion } from '../../config/did-you-mean.ts'
import type { SourcePath } from '../text/source-tree.ts'
import type { CheckContext } from './check-context.ts'

/** Reports if there is no such topic. */
export function checkTopicReference(
  context: CheckContext,
  topic: string,
  path: SourcePath,
  code: 'KS142' | 'KS204' | 'KS212' | 'KS221',
  prefix = '',
): boolean {
  const topics = context.names('topics')
  if (topics.includes(topic)) return true
  const near = editSuggestion(topic, topics)
  const list = topics.length === 0 ? 'there are no topics' : `topics: ${topics.slice(0, 10).join(', ')}`
  const suggestion = near === undefined ? list : `did you mean "${near}"? (${list})`
  context.report(path, { code, message: `${prefix}no topic "${topic}"`, suggestion })
  return false
}
