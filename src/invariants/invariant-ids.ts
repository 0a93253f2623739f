// The ids of all invariants, in their order: for those who check what a file says without simulating anything, and so need
// no invariant's code.

export const INVARIANT_IDS: readonly string[] = [
  'unclean-election-permitted',
  'leader-in-isr',
  'one-leader-per-epoch',
  'valid-controller-state',
  'valid-isr-and-elr',
  'valid-fetcher-state',
  'maximal-isr-covers-isr',
  'high-watermark-bounds',
  'high-watermark-monotone-in-tenure',
  'hw-equals-min-isr-leo',
  'high-watermark-raise-justified',
  'isr-holds-committed',
  'weak-isr',
  'record-identity',
  'strong-log-matching',
  'log-matching',
  'producer-order',
  'acked-durable',
  'committed-held-somewhere',
  'leader-completeness',
  'consistent-read',
  'true-high-watermark-monotone',
]
