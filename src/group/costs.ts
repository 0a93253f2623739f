// What a coordinator's work costs in CPU time: µs on the thread of the shard or of the loader. Round numbers, as those of
// the broker; no rule depends on them.

/** An event of any kind: a request, a timer, news of the high watermark. */
export const EVENT_COST_US = 20

/** A record made, encoded and put into the batch, or decoded and applied. */
export const RECORD_COST_US = 4

/** Reading a partition when it is loaded. */
export const LOAD_KIB_COST_US = 1
