// What Kafka versions do differently, and historical defects that can be brought back, as named switches: data that is
// passed to every node at boot. A row says what today's Kafka does, and since when; before that a node does the other
// thing. "Today" is the newest release modelled.

import { isAtLeast, type KafkaVersion } from '../config/versions.ts'
import { type Features, hasReached, isMetadataVersion, type MetadataVersion, resolveFeatures } from './features.ts'

export interface Switches {
  readonly hwMinIsrGate: boolean
  readonly isrExpandRequiresLeso: boolean
  readonly fetchEpochFencing: boolean
  readonly isrBrokerEpochCheck: boolean
  readonly isrEligibilityCheck: boolean
  readonly hwWaitsForIneligible: boolean
  readonly maximalIsr: boolean
  readonly countDivergingFetch: boolean
  readonly adoptHwOnDivergence: boolean
  readonly hwOnAlterPartition: boolean
  readonly listOffsetsGate: boolean
  readonly assignEpochOnElection: boolean
  readonly followerTruncation: 'epoch' | 'epochEndOnly' | 'highWatermark'
  readonly truncateOn: 'epochChange' | 'leaderChange'
  readonly clearPendingOnDuplicate: boolean
  readonly trimEpochsOnNoopTruncate: boolean
  readonly raiseHwOnFullTruncate: boolean
  readonly deleteMarkerBeforeLoad: boolean
  readonly syncEpochCheckpoint: boolean
  readonly snapshotDeleteByName: boolean
  readonly checkpointOnlyKnownLeaders: boolean
  readonly capRetentionAtHw: boolean
  readonly indexEachBatch: boolean
  readonly produceEpochCheck: boolean
  readonly consumerValidatesPosition: boolean
  readonly preferIsrOnly: boolean
  readonly effectiveMinIsr: 'capped' | 'raw'
  readonly trustLeoAcrossSameLeaderEpochs: boolean
  readonly bumpEpochOnIsrShrink: boolean
  readonly uncleanElectionByConfig: boolean
  readonly elr: boolean
  readonly checkLastKnownAlive: boolean
  readonly fenceOnReregister: boolean
  readonly cleanShutdownDetection: boolean
  readonly nameNewLeader: boolean
  readonly requireMemberId: boolean
  readonly rebalanceOnStaticReturn: boolean
  readonly skipAssignment: boolean
  readonly expireOnlyAtRest: boolean
  readonly keepSubscribedOffsets: boolean
  readonly commitGenerationCheck: boolean
  readonly armNewMembers: boolean
  readonly rejoinWhileLoading: boolean
  readonly prepareBeforeEachJoin: boolean
  readonly withholdBeforeRevocation: boolean
  readonly rememberPrepareCommit: boolean
  readonly recheckGeneration: boolean
  readonly forgetFailedLookup: boolean
  readonly stickyClaims: 'byGeneration' | 'newestOnly' | 'unchecked'
  readonly trustCooperativeSticky: boolean
  readonly resetOnFailedSync: boolean
  readonly checkOlderOwner: boolean
  readonly keepFiveBatches: boolean
  readonly renumberInOrder: boolean
  readonly trackBatchesByEpoch: boolean
}

export type SwitchName = keyof Switches
type SwitchValue = boolean | string

/**
 * Since when Kafka does what it does today: `all`, in every release modelled (what came before is history that only a
 * scenario brings back); a release, of the node's own binary; or a feature level of the cluster, whatever the binaries.
 */
export type Since = 'all' | KafkaVersion | `metadata.version ${MetadataVersion}` | 'eligible.leader.replicas.version 1'

export type BreaksWhere = 'anywhere' | 'after a loss' | 'at followers'

export interface SwitchDefinition {
  /** What it may be: what today's Kafka does, what it did before that, and older ways still. */
  readonly values: readonly [today: SwitchValue, before: SwitchValue, ...older: SwitchValue[]]
  readonly since: Since
  /** What changed it: KIP or JIRA, and when. */
  readonly changedBy: string
  /** The rule or bug of the fact sheet. */
  readonly rule: string
  readonly says: string
  /** Rules of the invariants (RI-…) that releases without the change may break because of it, and of no others. */
  readonly breaks: readonly string[]
  /** And only there: of partitions of which a replica lost what it had not synced; where no leader is at fault. */
  readonly breaksWhere: BreaksWhere
  /** It plays a part only where this switch is on. */
  readonly within: 'elr' | undefined
}

// prettier-ignore
export const SWITCHES = {
  hwMinIsrGate: flag(true, '3.7', 'KIP-966', 'R-76', 'the high watermark does not rise while the ISR is below min.insync.replicas'),
  isrExpandRequiresLeso: flag(true, 'all', 'KAFKA-7128 (2.0.1, 2.1)', 'RB-6', 'a replica joins the ISR only from the leader epoch\'s start offset on'),
  fetchEpochFencing: flag(true, 'all', 'KIP-320, KAFKA-6880 (2.1)', 'RB-7', 'fetches carry the leader epoch and are fenced by it'),
  isrBrokerEpochCheck: flag(true, 'metadata.version 3.5-IV1', 'KIP-903', 'RB-9', 'a replica of an earlier registration does not join the ISR', ['RI-2', 'RI-3', 'RI-5', 'RI-7', 'RI-12', 'RI-14', 'RI-15', 'RI-16'], 'after a loss'),
  isrEligibilityCheck: flag(true, 'all', 'KIP-841, KAFKA-13916 (3.3)', 'RB-10', 'fenced and stopping replicas do not join the ISR'),
  hwWaitsForIneligible: flag(false, '3.6', 'KAFKA-15021', 'RB-16', 'the high watermark waits for caught-up replicas that may not join the ISR'),
  maximalIsr: flag(true, 'all', 'KIP-497 (2.7)', 'RB-11', 'while an ISR change is pending, both the old and the new members count'),
  countDivergingFetch: flag(false, 'all', 'KAFKA-13141 (2.7.2, 2.8.1, 3.0)', 'RB-12', 'a fetch that is told to truncate still counts as progress of the follower'),
  adoptHwOnDivergence: flag(false, '3.4', 'KAFKA-14704 (3.4.1)', 'RB-13', 'a follower takes the high watermark of an answer that tells it to truncate', ['RI-7', 'RI-14'], 'at followers'),
  hwOnAlterPartition: flag(true, 'all', 'KAFKA-13091 (3.1)', 'RB-14', 'the high watermark is tried again when an ISR change is confirmed'),
  listOffsetsGate: flag(true, 'all', 'KIP-207 (2.2)', 'RB-17', 'a new leader answers no offsets until its high watermark reached its epoch\'s start'),
  assignEpochOnElection: flag(true, 'all', 'KAFKA-7415 (2.0.1, 2.1)', 'RB-4', 'a leader notes its epoch when elected, not with the first append'),
  followerTruncation: choice(['epoch', 'highWatermark', 'epochEndOnly'], 'all', 'KIP-101 (0.11), KIP-279 (2.0)', 'RB-1', 'what a new follower truncates to: where its log parts from the leader\'s, its high watermark (≤ 0.10), or where its last epoch ends at the leader (RB-3, 0.11–1.1)'),
  truncateOn: choice(['epochChange', 'leaderChange'], 'all', 'KAFKA-7164 (2.0.1, 2.1)', 'RB-5', 'a follower starts anew with every leader epoch, or only when the leader is another'),
  clearPendingOnDuplicate: flag(true, 'all', 'KAFKA-12686, KAFKA-12751 (2.7.2, 2.8.1, 3.0)', 'RB-15', 'an ISR change in flight ends when metadata or an answer says what is so already'),
  trimEpochsOnNoopTruncate: flag(true, 'all', 'KAFKA-10706 (2.6.1, 2.7)', 'RB-19', 'a truncation that drops no records still drops epochs that start at the log end'),
  indexEachBatch: flag(true, '3.9', 'KAFKA-806 (3.9.2, 4.0)', 'R-7', 'an append of many batches, such as a follower\'s, gets as many index entries as its bytes ask for; else one at most'),
  raiseHwOnFullTruncate: flag(true, 'all', 'KAFKA-9491 (2.4.1, 2.5)', 'RB-18', 'a log that begins anew at a later offset has its high watermark there, too'),
  deleteMarkerBeforeLoad: flag(true, 'all', 'KAFKA-10471 (2.8)', 'RB-24', 'the marker of a clean stop is removed before logs are loaded, so that a stop meanwhile counts as unclean'),
  syncEpochCheckpoint: flag(true, 'all', 'KAFKA-15046 (3.7.0), KAFKA-16541 (3.7.1, 3.8)', 'RB-25', 'the file of leader epochs is synced before it replaces the old one, also after a truncation'),
  snapshotDeleteByName: flag(false, 'all', 'KAFKA-12964 (3.0)', 'RB-26', 'a producer snapshot that is to go is removed later by its own name, also if there is a new one of that name by then'),
  checkpointOnlyKnownLeaders: flag(false, 'all', 'KAFKA-1647 (0.8.2)', 'RB-28', 'high watermarks of partitions without a known leader are left out of the checkpoint'),
  capRetentionAtHw: flag(true, 'all', 'KAFKA-5634 (0.11.0.1)', 'RB-43', 'retention deletes nothing above the high watermark'),
  produceEpochCheck: flag(false, 'all', 'KIP-359, never built', 'RB-29', 'a leader refuses writes of clients that know another leader epoch'),
  consumerValidatesPosition: flag(true, 'all', 'KIP-320 (2.3)', 'RB-41', 'a consumer asks a new leader whether its position is still on the log'),
  preferIsrOnly: flag(true, 'all', 'KAFKA-14372 (3.3.2)', 'RB-40', 'a leader sends readers to followers in the ISR only'),
  effectiveMinIsr: choice(['capped', 'raw'], '3.7', 'KIP-966', 'R-37', 'min.insync.replicas counts no more than there are replicas, or as it is written'),
  trustLeoAcrossSameLeaderEpochs: flag(true, 'all', 'in the source read, unconfirmed', 'RB-47', 'a leader named again keeps what it knew of its followers'),
  bumpEpochOnIsrShrink: flag(false, 'metadata.version 3.6-IV0', 'KAFKA-15021', 'R-103', 'the leader epoch rises whenever the ISR shrinks, and all followers start anew'),
  uncleanElectionByConfig: flag(true, '3.9', 'KAFKA-12670', 'R-102', 'the controller looks at unclean.leader.election.enable'),
  elr: flag(true, 'eligible.leader.replicas.version 1', 'KIP-966', 'RB-8', 'replicas that leave an ISR below the minimum stay eligible as leaders'),
  checkLastKnownAlive: flag(true, '4.1', 'KAFKA-19522 (4.1)', 'RB-33', 'with eligible leader replicas, the last known leader is elected only if it is alive', ['RI-17'], 'anywhere', 'elr'),
  fenceOnReregister: flag(true, '4.0', 'KAFKA-18106 (4.0)', 'RB-34', 'a broker that registers anew leaves the ISR, whether or not its old session was fenced before', ['RI-17']),
  cleanShutdownDetection: flag(true, '4.0', 'KIP-966, KAFKA-18635 (4.0)', 'R-96', 'with eligible leader replicas, a broker that stopped cleanly stays one; else every restart counts as unclean'),
  nameNewLeader: flag(true, '3.7', 'KIP-951', 'P-2', 'a client that turns to the wrong broker is told who leads'),
  requireMemberId: flag(true, 'all', 'KIP-394 (2.2)', 'B-14', 'a new member of a group is given an id, and counts when it has come again with it'),
  rebalanceOnStaticReturn: flag(true, 'all', 'KAFKA-9801 (2.6)', 'B-11', 'a static member that comes back while its group waits for assignments makes it rebalance'),
  skipAssignment: flag(true, 'all', 'KIP-814 (3.2)', 'B-12', 'a static leader that comes back is told that it leads, and need not assign anew'),
  expireOnlyAtRest: flag(true, 'all', 'KAFKA-13636 (3.2)', 'B-8', 'committed offsets expire only while their group is Empty or Stable'),
  keepSubscribedOffsets: flag(true, 'all', 'KIP-211 (2.1)', 'B-9', 'committed offsets are kept while their group is in use; else they expire by their own age'),
  stickyClaims: choice(['byGeneration', 'newestOnly', 'unchecked'], 'all', 'KAFKA-14639 (3.5), KAFKA-12984 (3.1)', 'B-5', 'which of members\' claims to partitions a sticky assignor goes by: the newest to each; those of the newest generation alone (3.1–3.4); or, if it is the cooperative one, all of them (B-3, before 3.1)'),
  trustCooperativeSticky: flag(true, 'all', 'KAFKA-13406 (3.2)', 'B-4', 'a leader does not check what cooperative-sticky assigns; else it fails where one is assigned what another still claims'),
  resetOnFailedSync: flag(false, 'all', 'KAFKA-13891 (3.3), undone by KAFKA-14016 (3.4)', 'B-5', 'a member whose group begins another rebalance before it hears of its assignment gives up its generation, and with it its partitions'),
  checkOlderOwner: flag(true, 'all', 'in the source read, unconfirmed', 'B-47', 'a sticky assignor asks whether a partition\'s older owner still subscribes to its topic before it moves it back'),
  keepFiveBatches: flag(true, 'all', 'KAFKA-5494 (1.0)', 'B-23', 'a broker remembers the last five batches of a producer, or only the last one'),
  renumberInOrder: flag(true, 'all', 'KAFKA-8483 (2.4)', 'B-24', 'a producer that raises its epoch numbers what is in flight in the order it was sent'),
  trackBatchesByEpoch: flag(true, 'all', 'KAFKA-13794 (3.2.1, 3.3)', 'B-25', 'a producer tells batches in flight apart by epoch and sequence, or by sequence alone'),
  commitGenerationCheck: flag(true, 'all', 'OffsetCommit 1 (0.9)', 'B-18', 'a group takes commits of its members in their generation, and no others'),
  armNewMembers: flag(true, 'all', 'KAFKA-9752 (2.6)', 'B-13', 'the session of a new member begins when its first join is answered; else nobody notices its silence before it has been heard of once'),
  rejoinWhileLoading: flag(false, '4.0', 'the coordinator of KIP-848 (4.0)', 'B-46', 'a SyncGroup that comes while its group is loaded is answered REBALANCE_IN_PROGRESS, at which members join again; else COORDINATOR_LOAD_IN_PROGRESS, at which the Java client fails'),
  prepareBeforeEachJoin: flag(true, 'all', 'KAFKA-12983 (3.1)', 'B-2', 'a member prepares before each join, so that it gives up what it had when it lost its place'),
  withholdBeforeRevocation: flag(true, 'all', 'KAFKA-14196 (3.4)', 'B-6', 'an eager member hands nothing over any more from when it sends its last commit before a rebalance'),
  rememberPrepareCommit: flag(true, 'all', 'KAFKA-14024 (3.3)', 'B-7', 'a member waits for the commit that it sent before a rebalance, over as many polls as it takes'),
  recheckGeneration: flag(true, 'all', 'KAFKA-8104 (2.5)', 'B-16', 'a member looks whether it still has its generation before it takes what it was assigned in it'),
  forgetFailedLookup: flag(true, 'all', 'KAFKA-10793 (2.8)', 'B-15', 'a search for a coordinator that failed is forgotten, whichever thread began it'),
} as const satisfies { readonly [Name in SwitchName]: SwitchDefinition }

export const SWITCH_NAMES = Object.keys(SWITCHES)

export function isSwitchName(name: string): name is SwitchName {
  return Object.hasOwn(SWITCHES, name)
}

/**
 * How a node behaves: by its release and the cluster's features (those of a new cluster if not given), but for what a
 * scenario sets. Frozen.
 */
export function resolveSwitches(
  kafka: KafkaVersion,
  overrides: Partial<Switches> = {},
  features: Features = resolveFeatures(kafka),
): Switches {
  const entries = Object.entries<SwitchDefinition>(SWITCHES)
  const defaults = Object.fromEntries(entries.map(([name, row]) => [name, valueIn(row, kafka, features)]))
  // Each default is one of its switch's values.
  return Object.freeze({ ...(defaults as unknown as Switches), ...overrides })
}

/** What a switch is on a node of this release in a cluster with these features. */
export function valueIn({ since, values }: SwitchDefinition, kafka: KafkaVersion, features: Features): SwitchValue {
  return isReached(since, kafka, features) ? values[0] : values[1]
}

function isReached(since: Since, kafka: KafkaVersion, features: Features): boolean {
  const [feature = '', level = ''] = since.split(' ')
  switch (feature) {
    case 'all':
      return true
    case 'metadata.version':
      return isMetadataVersion(level) && hasReached(features[feature], level)
    case 'eligible.leader.replicas.version':
      return features[feature] >= Number(level)
    default:
      // The only word that is left.
      return isAtLeast(kafka, since as KafkaVersion)
  }
}

function flag(
  today: boolean,
  since: Since,
  changedBy: string,
  rule: string,
  says: string,
  breaks: readonly string[] = [],
  breaksWhere: BreaksWhere = 'anywhere',
  within?: 'elr',
): SwitchDefinition & { readonly values: readonly [boolean, boolean] } {
  return { values: [today, !today], since, changedBy, rule, says, breaks, breaksWhere, within }
}

function choice<const Values extends SwitchDefinition['values']>(
  values: Values,
  since: Since,
  changedBy: string,
  rule: string,
  says: string,
): SwitchDefinition & { readonly values: Values } {
  return { values, since, changedBy, rule, says, breaks: [], breaksWhere: 'anywhere', within: undefined }
}
