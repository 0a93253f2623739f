// The public API of `kafkasim`: run a scenario, read its verdict, listen to what happens in it. The deterministic world
// below it is `kafkasim/sim`. What is not exported here may change in any release.

export { loadScenario, runScenario, ScenarioError, simulate } from './simulate.ts'
export { mustPass, ScenarioFailure } from './must-pass.ts'
export type { ParseOptions, RunOptions, SimulateOptions, TraceLine } from './simulate.ts'

export type { LoadedScenario } from './scenario/build.ts'
export type { LoadResult } from './scenario/loader.ts'
export { DIAGNOSTICS } from './scenario/text/diagnostics.ts'
export type { DiagnosticCode, Finding } from './scenario/text/diagnostics.ts'
export { renderFindings } from './scenario/text/render-finding.ts'
export { literalScenario, literalScenarioText } from './scenario/literal-faults.ts'
export { scenarioToYaml } from './scenario/text/to-yaml.ts'
export type { PlainMapping, PlainValue } from './scenario/text/to-yaml.ts'
export { scenarioJsonSchema } from './scenario/language/json-schema.ts'

export type {
  ExpectationResult,
  Explanation,
  HistorySummary,
  Paragraph,
  PartitionSummary,
  ReplicaLogView,
  RunOutcome,
  RunResult,
  SharedChange,
  TimelineEntry,
  Verdict,
} from './scenario/run-result.ts'
export type { Cause, Cure, Setting } from './scenario/judge/causes/cause.ts'
export { condense, wholeStory } from './scenario/judge/condense.ts'
export type { StoryLine } from './scenario/judge/condense.ts'
export type { DrawnSetting } from './scenario/drawn-settings.ts'
export type { RunSetup } from './scenario/run-setup.ts'
export type { ClientSummaries, ConsumerSummary, LatencySummary, ProducerSummary } from './history/client-summaries.ts'
export { verdictOfSeries } from './scenario/judge/series.ts'
export type { SeriesFinding, SeriesVerdict } from './scenario/judge/series.ts'

export { INVARIANTS } from './invariants/index.ts'
export type { Invariant, Violation } from './invariants/index.ts'
export { KAFKA_VERSIONS } from './config/versions.ts'
export type { KafkaVersion } from './config/versions.ts'
export { BUGGIFY_POINTS } from './buggify/points.ts'
export type { BuggifyId } from './buggify/points.ts'
export type { BuggifyCounts } from './buggify/buggify.ts'
export { SWITCHES } from './switches/switches.ts'
export type { SwitchName } from './switches/switches.ts'

export type {
  AdminAnswered,
  BrokerStateChanged,
  Buggified,
  DeliveredRecord,
  EndOffsetListed,
  FaultApplied,
  FaultHealed,
  IsrViewChanged,
  KafkaEvent,
  PartitionChanged,
  PositionMoved,
  ProcessChanged,
  ProduceAnswered,
  ProduceCompleted,
  ProduceInvoked,
  ProduceRetried,
  ProduceSent,
  RecordsDelivered,
  ReplicaFailed,
  ReplicaFenced,
  RoleChanged,
} from './trace/kafka-event.ts'
export type * from './trace/group-event.ts'
export type * from './trace/log-event.ts'
