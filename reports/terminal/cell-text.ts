// Text as a terminal shows it: how many columns it takes, how it is padded and wrapped. Names come from scenario files,
// so control characters (an escape sequence among them) are made visible and never reach the terminal. Widths follow
// East Asian Width coarsely; joined emoji count as their parts.

/** Makes control characters and line ends harmless: each run of white space is one blank, the rest shows as `�`. */
export function printable(text: string): string {
  let shown = ''
  let blank = false
  for (const char of text) {
    const code = char.codePointAt(0) ?? 0
    if (char === ' ' || (code >= 9 && code <= 13)) {
      blank = shown !== ''
      continue
    }
    if (blank) shown += ' '
    blank = false
    shown += isControl(code) ? '\ufffd' : char
  }
  return shown
}

/** Columns of a terminal that `text` takes, colours not counted: pass it uncoloured. */
export function widthOf(text: string): number {
  let width = 0
  for (const char of text) width += widthOfCodePoint(char.codePointAt(0) ?? 0)
  return width
}

export function padEnd(text: string, width: number): string {
  return text + ' '.repeat(Math.max(0, width - widthOf(text)))
}

export function padStart(text: string, width: number): string {
  return ' '.repeat(Math.max(0, width - widthOf(text))) + text
}

/** Cut to `width` columns, the last of them `…` if something is missing. */
export function truncate(text: string, width: number): string {
  if (widthOf(text) <= width) return text
  return `${fitting(text, width - 1)}…`
}

/**
 * Breaks between words into lines of at most `width` columns; a longer word is broken where it must be. Never returns
 * an empty list.
 */
export function wrap(text: string, width: number): string[] {
  const room = Math.max(8, width)
  const lines: string[] = []
  let line = ''
  for (let word of printable(text).split(' ')) {
    if (line !== '' && widthOf(line) + 1 + widthOf(word) <= room) {
      line += ` ${word}`
      continue
    }
    if (line !== '') lines.push(line)
    while (widthOf(word) > room) {
      const head = fitting(word, room)
      lines.push(head)
      word = word.slice(head.length)
    }
    line = word
  }
  lines.push(line)
  return lines
}

/** The longest beginning of `text` within `width` columns. */
function fitting(text: string, width: number): string {
  let taken = ''
  let used = 0
  for (const char of text) {
    used += widthOfCodePoint(char.codePointAt(0) ?? 0)
    if (used > width) break
    taken += char
  }
  return taken
}

/** C0, C1, and the marks that reorder what follows them. */
function isControl(code: number): boolean {
  return (
    code < 0x20 ||
    (code >= 0x7f && code < 0xa0) ||
    (code >= 0x202a && code <= 0x202e) ||
    (code >= 0x2066 && code <= 0x2069)
  )
}

/** First and last code points that take two columns: East Asian wide and full-width, and emoji. */
const WIDE: readonly (readonly [number, number])[] = [
  [0x1100, 0x115f],
  [0x2e80, 0x303e],
  [0x3041, 0xa4cf],
  [0xac00, 0xd7a3],
  [0xf900, 0xfaff],
  [0xfe30, 0xfe6f],
  [0xff00, 0xff60],
  [0xffe0, 0xffe6],
  [0x1f300, 0x1f64f],
  [0x1f680, 0x1f9ff],
  [0x20000, 0x3fffd],
]

/** Combining marks, joiners and variation selectors: they add no column. */
const NARROWEST: readonly (readonly [number, number])[] = [
  [0x0300, 0x036f],
  [0x200b, 0x200f],
  [0x20d0, 0x20ff],
  [0xfe00, 0xfe0f],
]

function widthOfCodePoint(code: number): number {
  if (code < 0x0300) return 1
  if (isIn(NARROWEST, code)) return 0
  return isIn(WIDE, code) ? 2 : 1
}

function isIn(ranges: readonly (readonly [number, number])[], code: number): boolean {
  for (const [first, last] of ranges) if (code >= first && code <= last) return true
  return false
}
