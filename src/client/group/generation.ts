// Which member of which generation a consumer is, as it knows.

export interface Generation {
  /** −1 for none. */
  readonly id: number
  /** '' for none. */
  readonly memberId: string
  /** The assignor the group agreed on. */
  readonly protocol: string | null
}

export const NO_GENERATION: Generation = { id: -1, memberId: '', protocol: null }

/** C-12: not in the group; join sent; sync sent; has an assignment. */
export type MemberState = 'unjoined' | 'preparing-rebalance' | 'completing-rebalance' | 'stable'
