// UTF-8 of record header keys and of small text files, without TextEncoder, which this room may not use. Unpaired
// surrogates and bytes that are not UTF-8 become U+FFFD.

const REPLACEMENT = 0xfffd

/** Bytes `text` takes. */
export function utf8Length(text: string): number {
  let length = 0
  for (let i = 0; i < text.length; i++) {
    const point = codePointAt(text, i)
    length += point < 0x80 ? 1 : point < 0x800 ? 2 : point < 0x10000 ? 3 : 4
    if (point >= 0x10000) i++
  }
  return length
}

/** Writes `text` at `at` and returns the position after it. */
export function encodeUtf8Into(text: string, bytes: Uint8Array, at: number): number {
  let to = at
  for (let i = 0; i < text.length; i++) {
    const point = codePointAt(text, i)
    if (point < 0x80) {
      bytes[to++] = point
    } else if (point < 0x800) {
      bytes[to++] = 0xc0 | (point >> 6)
      bytes[to++] = 0x80 | (point & 0x3f)
    } else if (point < 0x10000) {
      bytes[to++] = 0xe0 | (point >> 12)
      bytes[to++] = 0x80 | ((point >> 6) & 0x3f)
      bytes[to++] = 0x80 | (point & 0x3f)
    } else {
      bytes[to++] = 0xf0 | (point >> 18)
      bytes[to++] = 0x80 | ((point >> 12) & 0x3f)
      bytes[to++] = 0x80 | ((point >> 6) & 0x3f)
      bytes[to++] = 0x80 | (point & 0x3f)
      i++
    }
  }
  return to
}

export function encodeUtf8(text: string): Uint8Array {
  const bytes = new Uint8Array(utf8Length(text))
  encodeUtf8Into(text, bytes, 0)
  return bytes
}

/** The text in `bytes[from, to)`. */
export function decodeUtf8(bytes: Uint8Array, from = 0, to = bytes.length): string {
  let text = ''
  let at = from
  while (at < to) {
    const first = bytes[at]!
    const extra = first < 0x80 ? 0 : first < 0xc2 ? -1 : first < 0xe0 ? 1 : first < 0xf0 ? 2 : first < 0xf5 ? 3 : -1
    let point = extra === 0 ? first : extra < 0 || at + extra >= to ? REPLACEMENT : first & (0x3f >> extra)
    let used = 1
    if (extra > 0 && at + extra < to) {
      for (; used <= extra; used++) {
        const next = bytes[at + used]!
        if ((next & 0xc0) !== 0x80) break
        point = (point << 6) | (next & 0x3f)
      }
      if (used <= extra || !isShortestForm(point, extra)) point = REPLACEMENT
    }
    text += String.fromCodePoint(point)
    at += used
  }
  return text
}

function isShortestForm(point: number, extra: number): boolean {
  if (extra === 1) return point >= 0x80
  if (extra === 2) return point >= 0x800 && (point < 0xd800 || point > 0xdfff)
  return point >= 0x10000 && point <= 0x10ffff
}

function codePointAt(text: string, i: number): number {
  const point = text.codePointAt(i)!
  return point >= 0xd800 && point <= 0xdfff ? REPLACEMENT : point
}
