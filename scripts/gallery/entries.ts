// The entries of the bug gallery as data: what brings each back. `set` is a switch or setting of every case; `base` a file of
// this folder, for those that no code brings back but what a user demands of settings that do not promise it.

export interface GalleryEntry {
  readonly id: string
  readonly set: readonly string[]
  readonly base?: string
}

const bySwitch = (id: string, ...switches: readonly string[]): GalleryEntry => ({
  id,
  set: switches.map((setting) => `switches.${setting}`),
})

export const GALLERY: readonly GalleryEntry[] = [
  bySwitch('RB-1', 'followerTruncation=highWatermark'),
  bySwitch('RB-2', 'followerTruncation=highWatermark'),
  bySwitch('RB-3', 'followerTruncation=epochEndOnly'),
  bySwitch('RB-4', 'assignEpochOnElection=false'),
  bySwitch('RB-5', 'truncateOn=leaderChange'),
  bySwitch('RB-6', 'isrExpandRequiresLeso=false'),
  bySwitch('RB-7', 'fetchEpochFencing=false'),
  bySwitch('RB-8', 'hwMinIsrGate=false', 'elr=false'),
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
  { id: 'RB-23', set: ['disk.flush=never'], base: 'loss.yaml' },
  {
    id: 'RB-29',
    set: ['producers.web.config.acks=1', 'topics.orders.config.min.insync.replicas=1'],
    base: 'loss.yaml',
  },
  { id: 'RB-30', set: ['disk.sync-latency=1ms..200ms'], base: 'writable.yaml' },
  bySwitch('RB-40', 'preferIsrOnly=false'),
  bySwitch('RB-41', 'consumerValidatesPosition=false'),
]
