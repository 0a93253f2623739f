/** A log that the cleaner cannot read: its partition is left alone from then on, as Kafka's uncleanable partitions are. */
export class UncleanableLogError extends Error {}
