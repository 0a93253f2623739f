// What a chapter of the script may do to a cluster, and what it hears. Chapters are generators that yield steps and get
// answers, so one script is played on a simulated cluster in virtual time and on real brokers.

/** A request in Kafka's JSON form (record batches as bytes), or an answer. */
export type Json = null | boolean | number | string | Uint8Array | readonly Json[] | JsonObject
export type JsonObject = { readonly [field: string]: Json }

export type Target = number | 'controller'

export interface Call {
  readonly kind: 'call'
  /** Says what is asked and why, as the recording's heading; empty for questions that only wait for something. */
  readonly title: string
  /** A broker's id, or the controller. */
  readonly to: Target
  readonly api: string
  readonly version: number
  readonly body: JsonObject
  /** No answer is expected (acks=0): hear whether the connection stays open. */
  readonly oneWay: boolean
  /** Requests on one connection are answered in their order; who waits long has one of their own. */
  readonly connection: string
}

export type Step =
  | Call
  /** Sends a request; its answer is heard later, or never. */
  | { readonly kind: 'begin'; readonly call: Call }
  | { readonly kind: 'hear'; readonly call: Call }
  | { readonly kind: 'pause'; readonly ms: number }
  /** The process is gone at once; its disk keeps what it wrote. */
  | { readonly kind: 'kill'; readonly broker: number }
  /** Controlled shutdown. */
  | { readonly kind: 'stop'; readonly broker: number }
  | { readonly kind: 'start'; readonly broker: number }

export type Answer =
  | { readonly kind: 'answer'; readonly body: JsonObject }
  /** The connection was closed, or could not be made. */
  | { readonly kind: 'closed' }
  /** Nothing came, and the connection stayed open. */
  | { readonly kind: 'silence' }

/** Part of a script: yields steps, gets the answer of each call, may return what it found out. */
export type Script<T = void> = Generator<Step, T, Answer>

export interface Chapter {
  readonly name: string
  readonly play: () => Script
}

/** Chapters played one after the other on a new cluster. */
export interface Play {
  readonly name: string
  readonly brokers: readonly number[]
  readonly chapters: readonly Chapter[]
}

/** A question that is written down and compared. */
export function* ask(
  title: string,
  to: Target,
  request: { readonly api: string; readonly body: JsonObject },
): Script<Answer> {
  return yield call(title, to, request.api, request.body)
}

/** A request without an answer, written down as well. */
export function* tell(
  title: string,
  to: Target,
  request: { readonly api: string; readonly body: JsonObject },
): Script<Answer> {
  return yield { ...call(title, to, request.api, request.body), oneWay: true }
}

/** Sends a request that may wait at the broker, on a connection of its own; see `hear`. */
export function* begin(
  title: string,
  to: Target,
  request: { readonly api: string; readonly body: JsonObject },
  connection: string,
): Script<Call> {
  const sent = { ...call(title, to, request.api, request.body), connection }
  yield { kind: 'begin', call: sent }
  // So that it arrives before whatever comes next.
  yield { kind: 'pause', ms: 100 }
  return sent
}

/** The answer to a request that was sent before; written down. */
export function* hear(sent: Call): Script<Answer> {
  return yield { kind: 'hear', call: sent }
}

/** A question nobody writes down; undefined unless it was answered. */
export function* peek(
  to: Target,
  request: { readonly api: string; readonly body: JsonObject },
): Script<JsonObject | undefined> {
  const answer = yield call('', to, request.api, request.body)
  return answer.kind === 'answer' ? answer.body : undefined
}

/** The versions our nodes speak (W-15, W-20); Kafka is asked in the same. */
const VERSIONS: { readonly [api: string]: number } = {
  Produce: 11,
  Fetch: 17,
  ListOffsets: 10,
  Metadata: 13,
  CreateTopics: 7,
  DeleteTopics: 6,
  DeleteRecords: 2,
  InitProducerId: 5,
  OffsetForLeaderEpoch: 4,
  CreatePartitions: 3,
  ElectLeaders: 2,
  FindCoordinator: 6,
  JoinGroup: 9,
  SyncGroup: 5,
  Heartbeat: 4,
  LeaveGroup: 5,
  OffsetCommit: 9,
  OffsetFetch: 9,
  OffsetDelete: 0,
  DescribeGroups: 6,
  ListGroups: 5,
  DeleteGroups: 2,
}

function call(title: string, to: Target, api: string, body: JsonObject): Call {
  const version = VERSIONS[api]
  if (version === undefined) throw new Error(`no version of ${api} is chosen`)
  return { kind: 'call', title, to, api, version, body, oneWay: false, connection: 'main' }
}
