// Names of members, as myths tell them.

/** The client, or the instance, that a member id was made for (G-9): 'billing[0]-5f1c9c2e-…' is 'billing[0]'. */
export function clientOf(memberId: string): string {
  return memberId.replace(/-[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/, '')
}

/** `billing[0], billing[1]`, in order; `nobody`. */
export function named(members: Iterable<string>): string {
  const names = [...members].toSorted()
  return names.length === 0 ? 'nobody' : names.join(', ')
}
