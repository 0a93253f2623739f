// What a broker's work costs in CPU time: µs on the thread that does it (memory copies and cold reads are the disk's own).
// Round numbers for a current server core, of the order that a profile of a real broker shows. They exist so that queues
// form and overload behaves; no rule depends on them.

/** A request of any kind: parsing, dispatch, building the answer. */
export const REQUEST_COST_US = 15

/** Produce, on top of REQUEST_COST_US: validation and append, for each partition, and checksums for each KiB. */
export const PRODUCE_PARTITION_COST_US = 10
export const PRODUCE_KIB_COST_US = 1.5

/** Fetch, on top of REQUEST_COST_US: look-up and epoch check for each partition, and sending for each KiB. */
export const FETCH_PARTITION_COST_US = 3
export const FETCH_KIB_COST_US = 0.3

/** ListOffsets and OffsetForLeaderEpoch, for each partition. */
export const OFFSET_LOOKUP_COST_US = 5

export const METADATA_COST_US = 40

/** A fetcher thread takes in the answer to its fetch. */
export const FETCH_PROCESSING_COST_US = 20

/** A leader takes in the controller's answer on ISR changes. */
export const ALTER_PARTITION_ANSWER_COST_US = 20

/** Compaction, for each KiB read or written: hashing keys, checksums. */
export const CLEANER_KIB_COST_US = 4

/** Becoming leader or follower of one partition. */
export const ROLE_CHANGE_COST_US = 100

/** Recovery of a log: checksums and indexes, for each KiB read. */
export const RECOVERY_KIB_COST_US = 1.5

/** The periodic look at one led partition's ISR. */
export const ISR_SCAN_COST_US = 1

/** Whole µs for `bytes` at `costPerKibUs`. */
export function bytesCostUs(bytes: number, costPerKibUs: number): number {
  return Math.round((bytes * costPerKibUs) / 1024)
}
