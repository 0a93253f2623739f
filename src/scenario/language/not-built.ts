// Parts of the target format that are known and not built yet: refused by name, never ignored, never called unknown.

/** Keys by the mapping they would stand in; `*` is any name or index. */
const NOT_BUILT: readonly { readonly place: readonly string[]; readonly keys: readonly string[] }[] = [
  { place: [], keys: ['extends', 'copiers', 'app', 'report'] },
  { place: ['cluster'], keys: ['combined'] },
  { place: ['cluster', 'brokers', '*'], keys: ['roles'] },
  { place: ['consumers', '*'], keys: ['group', 'count', 'group.id'] },
  { place: ['producers', '*'], keys: ['transactional.id', 'batch'] },
  {
    place: ['faults', '*'],
    keys: ['duplicate', 'reorder', 'error', 'reassign', 'alter-config', 'upgrade'],
  },
  { place: ['expect', '*'], keys: ['seeds'] },
]

/** What to write instead, where there is something. */
const INSTEAD: { readonly [key: string]: string } = {
  group: 'a group is named like its consumers',
  'group.id': 'a group is named like its consumers',
  count: 'write members: 3',
}

/** Is this key of the mapping at `path` one that is not built yet? */
export function isNotBuilt(path: readonly (string | number)[], key: string): boolean {
  return NOT_BUILT.some(({ place, keys }) => samePlace(place, path) && keys.includes(key))
}

export function insteadOf(key: string): string | undefined {
  return Object.hasOwn(INSTEAD, key) ? INSTEAD[key] : undefined
}

function samePlace(place: readonly string[], path: readonly (string | number)[]): boolean {
  return place.length === path.length && place.every((step, i) => step === '*' || step === path[i])
}
