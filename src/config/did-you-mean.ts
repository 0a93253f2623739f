// The nearest known word to one that is not known, by edit distance: insertions, deletions, replacements and swaps of
// neighbours. Far-off words are no suggestion.

/** Undefined if nothing is near. Of equally near ones the first wins. */
export function editSuggestion(word: string, known: readonly string[]): string | undefined {
  let best: string | undefined
  let bestDistance = mostEdits(word) + 1
  for (const candidate of known) {
    if (Math.abs(candidate.length - word.length) >= bestDistance) continue
    const distance = editDistance(word.toLowerCase(), candidate.toLowerCase(), bestDistance)
    if (distance < bestDistance) {
      best = candidate
      bestDistance = distance
    }
  }
  return best
}

/** The number of edits from `a` to `b`, or any number >= `limit` if it is not less. */
export function editDistance(a: string, b: string, limit = Infinity): number {
  let beforeLast: number[] = []
  let last = Array.from({ length: b.length + 1 }, (_, j) => j)
  for (let i = 1; i <= a.length; i++) {
    const row = [i]
    let least = i
    for (let j = 1; j <= b.length; j++) {
      const replace = (last[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1)
      let edits = Math.min(replace, (last[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1)
      const swapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]
      if (swapped) edits = Math.min(edits, (beforeLast[j - 2] ?? 0) + 1)
      row.push(edits)
      least = Math.min(least, edits)
    }
    if (least >= limit) return limit
    beforeLast = last
    last = row
  }
  return last[b.length] ?? 0
}

/** Longer words may be further off. */
function mostEdits(word: string): number {
  if (word.length < 2) return 0
  return word.length <= 4 ? 1 : word.length <= 8 ? 2 : word.length <= 20 ? 3 : 4
}
