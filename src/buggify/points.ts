// The buggify points: named places in the protocol code where behaviour that is legal but rare is drawn, in
// FoundationDB's sense. Each is something a real Kafka does now and then; none ever gives a wrong answer.

export interface BuggifyPoint {
  /** The room and the part of it. */
  readonly where: string
  readonly what: string
  /** What makes a real Kafka do the same. */
  readonly why: string
  /** Chance that a run has the point switched on, when the scenario says `buggify: true`. */
  readonly enabled: number
  /** Chance that it fires when it is passed, switched on. */
  readonly fires: number
  /** Longest delay it draws; 0 for points that delay nothing. */
  readonly maxDelayMs: number
}

// prettier-ignore
export const BUGGIFY_POINTS = {
  'delay-produce-answer': rarely('broker, Produce', 'an answer to a produce request leaves late', 'network threads have queues of their own; nothing orders an answer with what other connections are told (R-40)', 400),
  'delay-fetch-answer': seldom('broker, Fetch', 'an answer to a fetch leaves late, and says what was true when it was read', 'as for produce answers; the reader holds what it was told for as old as it is (R-58)', 400),
  'one-batch-fetch': rarely('broker, Fetch', 'a fetch is answered with one batch although more is there', 'a segment ends there, or other partitions used up the bytes of the answer (R-56)', 0),
  'early-fetch-expiry': often('broker, purgatory', 'a fetch that waits is answered before its time, with what there is', 'so is one that turns out to read an old segment, or whose partition changed its role (R-58)', 400),
  'delay-metadata-publish': often('broker, metadata observer', 'what was fetched of the metadata log is replayed and published late', 'the loader is one thread, and every broker reads the metadata log at its own pace (R-109)', 1500),
  'one-batch-metadata-fetch': often('controller, metadata log', 'an observer is given one batch although more is committed', 'answers are limited by bytes and cut at segments; observers see any prefix (R-109)', 0),
  'early-heartbeat': often('broker, life cycle', 'a heartbeat is sent before it is due', 'a broker speaks up at once when it has news for the controller (R-91)', 2000),
  'slow-unfence': often('broker, life cycle', 'a broker that has loaded its logs waits before it asks to be unfenced', 'loading takes as long as disks take; nothing bounds it (R-88)', 3000),
  'extra-isr-scan': often('broker, replica manager', 'the scan for followers that lag runs once more between two of its turns', 'its phase is arbitrary, and the test itself looks at the lag alone (R-81)', 10000),
  'late-high-watermark-checkpoint': often('broker, replica manager', 'high watermarks are written late', 'background threads are shared and disks are slow; the checkpoint is a lower bound (R-29)', 20000),
  'early-segment-roll': rarely('log, append', 'a segment is closed though it is not full', 'indexes fill up, segments age, and jitter spreads it (R-6)', 0),
  'early-flush': rarely('log, append', 'what was appended is synced unasked', 'the system writes pages back when it likes (R-19)', 0),
  'delay-alter-partition': often('broker, ISR changes', 'a request to change an ISR leaves late', 'one request is in flight for all partitions of a broker, over a channel that may have to connect first (R-84)', 3000),
  'lose-alter-partition-answer': often('broker, ISR changes', 'the answer of the controller is lost, and the same request is sent again', 'the connection breaks behind the request: its sender cannot know whether it was carried out (R-84)', 0),
  'lose-answer': seldom('network client', 'a connection breaks just before an answer arrives; its requests are tried again', 'connections break; what was in flight may have been carried out (R-41)', 0),
  'close-idle-connection': seldom('network client', 'a connection with nothing in flight is closed', 'connections.max.idle.ms, at either end', 0),
  'fetcher-back-off': seldom('broker, replica fetcher', 'a follower backs off once before it fetches', 'it does so after every error of its leader (R-61)', 0),
  'early-batch': rarely('producer, accumulator', 'a batch is closed though it is neither full nor old', 'a lingering batch goes when its broker gets a request anyway, or when memory is short (P-4)', 0),
  'early-leader-balance': often('controller, elections', 'leadership goes back to preferred replicas before the timer is due', 'the interval starts when an event leaves something to do, and a full round is followed by another at once (R-107)', 0),
  'stall-registration': often('controller, registration', 'the controller stands still between its look at the timers and the registration it then decides on', 'a stop-the-world pause may fall anywhere; a session can expire in it (R-89)', 3000),
} as const satisfies { readonly [id: string]: BuggifyPoint }

export type BuggifyId = keyof typeof BUGGIFY_POINTS

// The keys of the table are its ids.
export const BUGGIFY_IDS = Object.keys(BUGGIFY_POINTS) as readonly BuggifyId[]

export function isBuggifyId(id: string): id is BuggifyId {
  return Object.hasOwn(BUGGIFY_POINTS, id)
}

/** For places that are passed now and then. */
function often(where: string, what: string, why: string, maxDelayMs: number): BuggifyPoint {
  return { where, what, why, enabled: 0.25, fires: 0.2, maxDelayMs }
}

/** For places that are passed with each request. */
function rarely(where: string, what: string, why: string, maxDelayMs: number): BuggifyPoint {
  return { where, what, why, enabled: 0.25, fires: 0.02, maxDelayMs }
}

/** For places that every request passes, where once in a while changes much. */
function seldom(where: string, what: string, why: string, maxDelayMs: number): BuggifyPoint {
  return { where, what, why, enabled: 0.25, fires: 0.003, maxDelayMs }
}
