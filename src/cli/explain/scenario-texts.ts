// The texts of the scenarios that there are, those here and those that come with the package, to find which name a word.

import { readFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import type { Io } from '../io.ts'
import { scenarioNames, SUBFOLDERS } from '../scenario-folder.ts'

export class ScenarioTexts {
  private readonly texts = new Map<string, string>()

  constructor(io: Io) {
    for (const home of new Set([join(io.cwd, 'scenarios'), join(io.packageRoot, 'scenarios')])) {
      for (const name of scenarioNames(home, SUBFOLDERS).values()) {
        const path = join(home, name)
        const shown = relative(io.cwd, path)
        try {
          this.texts.set(shown.startsWith('..') ? path : shown, withoutComments(readFileSync(path, 'utf8')))
        } catch {
          // A file that cannot be read sets nothing.
        }
      }
    }
  }

  /** Paths of those that have `word:` as a key, the shortest paths first. */
  withKey(word: string): readonly string[] {
    return this.matching(`(?<![\\w.-])["']?${escaped(word)}["']?\\s*:(?:\\s|$)`)
  }

  /** Paths of those that have the word anywhere but in a comment. */
  withWord(word: string): readonly string[] {
    return this.matching(`(?<![\\w.-])${escaped(word)}(?![\\w-]|\\.\\w)`)
  }

  private matching(pattern: string): readonly string[] {
    const regex = new RegExp(pattern, 'm')
    const found = [...this.texts].flatMap(([path, text]) => (regex.test(text) ? [path] : []))
    return found.sort((a, b) => a.split('/').length - b.split('/').length || (a < b ? -1 : 1))
  }
}

function withoutComments(text: string): string {
  return text.replace(/(^|\s)#.*$/gm, '$1')
}

function escaped(word: string): string {
  return word.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
}
