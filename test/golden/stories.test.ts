// The stories of four records are told as they were when they were pinned (`npm run pin`).

import { describe, expect, it } from 'vitest'
import { widthOf } from '../../reports/terminal/cell-text.ts'
import {
  GOLDEN_STORIES,
  goldenStory,
  readStory,
  STORY_COLUMNS,
  storyText,
} from '../../scripts/golden/golden-stories.ts'

describe('the story of a record', () => {
  it.each(GOLDEN_STORIES)('that is $name', (golden) => {
    const story = goldenStory(golden)
    for (const columns of STORY_COLUMNS) {
      const text = storyText(story, columns)
      expect(text).toBe(readStory(golden.name, columns))
      // The last line is to be copied, however long it is.
      const wide = text.split('\n').filter((line) => widthOf(line) > columns && !line.startsWith('replay:'))
      expect(wide).toEqual([])
      expect(text).not.toMatch(/ \n/)
    }
  })
})
