// The entries of the bug gallery as data: what brings each back. `set` is a switch or setting of every case; `beside` what
// goes with it, being older still, and does not count as found; `base` a file of this folder, for those that no code brings
// back but what a user demands of settings that do not promise it; `breaks` what has to be among what is broken, where one
// switch stands for several entries.

export interface GalleryEntry {
  readonly id: string
  readonly set: readonly string[]
  readonly beside?: readonly string[]
  readonly base?: string
  readonly breaks?: readonly string[]
  /** It plays a part only in cases with consumer groups. */
  readonly ofGroups?: true
  /** Why the fuzzer does not find it. */
  readonly why?: string
}

const bySwitch = (id: string, ...switches: readonly string[]): GalleryEntry => ({
  id,
  set: switches.map((setting) => `switches.${setting}`),
})

const ofGroups = (id: string, setting: string, why?: string): GalleryEntry => ({
  ...bySwitch(id, setting),
  ofGroups: true,
  ...(why === undefined ? {} : { why }),
})

export const GALLERY: readonly GalleryEntry[] = [
  bySwitch('RB-1', 'followerTruncation=highWatermark'),
  {
    ...bySwitch('RB-2', 'followerTruncation=highWatermark'),
    breaks: ['log-matching', 'strong-log-matching', 'logs-agree-below-hw'],
  },
  bySwitch('RB-3', 'followerTruncation=epochEndOnly'),
  { ...bySwitch('RB-4', 'assignEpochOnElection=false'), beside: ['switches.followerTruncation=epochEndOnly'] },
  { ...bySwitch('RB-5', 'truncateOn=leaderChange'), beside: ['switches.followerTruncation=epochEndOnly'] },
  bySwitch('RB-6', 'isrExpandRequiresLeso=false'),
  bySwitch('RB-7', 'fetchEpochFencing=false'),
  { ...bySwitch('RB-8', 'hwMinIsrGate=false', 'elr=false'), base: 'loss-elr.yaml' },
  bySwitch('RB-9', 'isrBrokerEpochCheck=false'),
  bySwitch('RB-10', 'isrEligibilityCheck=false'),
  bySwitch('RB-11', 'maximalIsr=false'),
  bySwitch('RB-12', 'countDivergingFetch=true'),
  bySwitch('RB-13', 'adoptHwOnDivergence=true'),
  bySwitch('RB-14', 'hwOnAlterPartition=false'),
  bySwitch('RB-15', 'clearPendingOnDuplicate=false'),
  bySwitch('RB-16', 'hwWaitsForIneligible=true'),
  bySwitch('RB-17', 'listOffsetsGate=false'),
  bySwitch('RB-19', 'trimEpochsOnNoopTruncate=false'),
  { id: 'RB-20', set: ['topics.orders.config.unclean.leader.election.enable=true'], base: 'loss.yaml' },
  { id: 'RB-21', set: ['producers.web.config.acks=1'], base: 'loss.yaml' },
  { id: 'RB-22', set: ['topics.orders.config.min.insync.replicas=1'], base: 'loss.yaml' },
  { id: 'RB-23', set: ['topics.orders.config.flush.messages=1000000'], base: 'loss-synced.yaml' },
  {
    ...bySwitch('RB-24', 'deleteMarkerBeforeLoad=false'),
    why: 'a broker has to stop in order, and to lose its power in the moment in which it loads its logs again',
  },
  {
    ...bySwitch('RB-26', 'snapshotDeleteByName=true'),
    why: 'a start that takes longer breaks nothing',
  },
  {
    id: 'RB-29',
    set: ['producers.web.config.acks=1', 'topics.orders.config.min.insync.replicas=1'],
    base: 'loss.yaml',
  },
  { ...bySwitch('RB-30', 'elr=false'), base: 'writable.yaml', breaks: ['writable(orders) gap <= 4s'] },
  bySwitch('RB-40', 'preferIsrOnly=false'),
  bySwitch('RB-41', 'consumerValidatesPosition=false'),
  ofGroups(
    'B-2',
    'prepareBeforeEachJoin=false',
    'a join has to be late for longer than a session, and to be refused, in the one case in which it matters',
  ),
  {
    ...ofGroups('B-3', 'stickyClaims=unchecked', 'it takes what B-2 takes, and a leader that then assigns'),
    beside: ['switches.prepareBeforeEachJoin=false'],
  },
  { ...ofGroups('B-4', 'trustCooperativeSticky=false'), beside: ['switches.stickyClaims=newestOnly'] },
  ofGroups(
    'B-5',
    'stickyClaims=newestOnly',
    'a cooperative member has to miss one assignment, and to hear late of the next',
  ),
  ofGroups('B-5', 'resetOnFailedSync=true'),
  ofGroups('B-6', 'withholdBeforeRevocation=false'),
  ofGroups('B-7', 'rememberPrepareCommit=false'),
  ofGroups('B-8', 'expireOnlyAtRest=false'),
  ofGroups('B-9', 'keepSubscribedOffsets=false'),
  ofGroups(
    'B-11',
    'rebalanceOnStaticReturn=false',
    'a static member has to return in the milliseconds before the assignment',
  ),
  ofGroups('B-12', 'skipAssignment=false'),
  ofGroups('B-13', 'armNewMembers=false'),
  ofGroups(
    'B-14',
    'requireMemberId=false',
    'members that do not exist are gone before anything is expected of a group',
  ),
  ofGroups('B-15', 'forgetFailedLookup=false'),
  ofGroups('B-16', 'recheckGeneration=false', 'applications that are drawn are never late for a poll'),
  ofGroups('B-18', 'commitGenerationCheck=false'),
  { id: 'B-19', set: ['consumers.billing.config.enable.auto.commit=true'], base: 'processed.yaml' },
  {
    id: 'B-20',
    set: ['consumers.billing.config.max.poll.interval.ms=1500'],
    base: 'at-work.yaml',
    breaks: ['no-duplicate-delivery'],
  },
  {
    id: 'B-21',
    set: ['producers.web.config.enable.idempotence=false'],
    base: 'order.yaml',
    breaks: ['order-per-partition'],
  },
  {
    id: 'B-22',
    set: ['producers.web.config.enable.idempotence=false'],
    base: 'order.yaml',
    breaks: ['no-duplicates-in-log'],
  },
  { ...bySwitch('B-23', 'keepFiveBatches=false'), base: 'order.yaml' },
  { ...bySwitch('B-24', 'renumberInOrder=false'), base: 'refused.yaml' },
  {
    ...bySwitch('B-25', 'trackBatchesByEpoch=false'),
    base: 'refused.yaml',
    why: 'it ends in a batch that is given up when its time is over, which no promise forbids',
  },
]
