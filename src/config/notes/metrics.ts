// Keys about metrics that brokers and all clients share.

import { accepted, refused } from '../key-note.ts'
import { NO_METRICS, NO_PLUGINS } from './reasons.ts'

// prettier-ignore
export const METRICS_NOTES = {
  'auto.include.jmx.reporter': accepted(NO_METRICS, 'Whether metrics go to JMX although no reporter is named.'),
  'metric.reporters': accepted(NO_METRICS, 'The classes that metrics are reported to.'),
  'metrics.num.samples': accepted(NO_METRICS, 'How many samples each metric is made of.'),
  'metrics.recording.level': accepted(NO_METRICS, 'How detailed metrics are.'),
  'metrics.sample.window.ms': accepted(NO_METRICS, 'How long each sample of a metric is taken.'),
  'config.providers': refused(NO_PLUGINS, 'Classes that look up values written as ${…} in other configs.'),
}
