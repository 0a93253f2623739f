// The names on a disk: which file each path leads to, and what is in each directory. Directories come into being with
// their first entry and go with their last. Says nothing about what is durable: see the journal.

import { assert } from '../assert.ts'
import type { StoredFile } from './stored-file.ts'

export class Tree {
  private readonly files: Map<string, StoredFile>
  /** The names directly in each directory; the root is ''. */
  private readonly directories: Map<string, Set<string>>

  constructor() {
    this.files = new Map()
    this.directories = new Map()
  }

  get(path: string): StoredFile | undefined {
    return this.files.get(path)
  }

  isDirectory(path: string): boolean {
    return this.directories.has(path)
  }

  /** Gives `file` the name `path`, which must be free. */
  add(path: string, file: StoredFile): void {
    checkPath(path)
    assert(!this.files.has(path) && !this.directories.has(path), `${path} is there already`)
    this.files.set(path, file)
    file.path = path
    for (let entry = path; ; entry = parentOf(entry)) {
      const parent = parentOf(entry)
      assert(!this.files.has(parent), `${parent} is a file, not a directory`)
      const names = this.directories.get(parent)
      if (names !== undefined) {
        names.add(nameOf(entry))
        return
      }
      this.directories.set(parent, new Set([nameOf(entry)]))
      if (parent === '') return
    }
  }

  /** Takes the name `path` away from the file that has it. */
  delete(path: string): StoredFile {
    const file = this.files.get(path)
    assert(file !== undefined, `no file ${path}`)
    this.files.delete(path)
    for (let entry = path; entry !== ''; entry = parentOf(entry)) {
      const parent = parentOf(entry)
      const names = this.directories.get(parent)
      assert(names !== undefined, `no directory ${parent}`)
      names.delete(nameOf(entry))
      if (names.size > 0) return file
      this.directories.delete(parent)
    }
    return file
  }

  /** Names directly in `directory`, sorted. */
  list(directory: string): string[] {
    return [...(this.directories.get(directory) ?? [])].sort()
  }

  /** Of all files. */
  sizeBytes(): number {
    let size = 0
    for (const { content } of this.files.values()) size += content.sizeBytes
    return size
  }

  /** Paths of all files, or of those anywhere under `directory`, sorted. */
  paths(directory = ''): string[] {
    if (directory === '') return [...this.files.keys()].sort()
    return [...this.files.keys()].filter((path) => path.startsWith(`${directory}/`)).sort()
  }
}

function checkPath(path: string): void {
  const good = path !== '' && !path.startsWith('/') && !path.endsWith('/') && !path.includes('//')
  assert(good, `'${path}' is no path`)
}

function parentOf(path: string): string {
  return path.slice(0, Math.max(0, path.lastIndexOf('/')))
}

function nameOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1)
}
