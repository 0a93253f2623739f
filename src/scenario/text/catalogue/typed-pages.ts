// KS4xx: what was typed on the command line, or asked of the library.

import type { DiagnosticPages } from './diagnostic-page.ts'

export const TYPED_PAGES = {
  KS401: {
    title: '--set cannot be read',
    says: 'An override is a dotted path, an equals sign, and a YAML value.',
    bad: 'kafkasim check base.yaml --set duration',
    good: 'kafkasim check base.yaml --set duration=30s',
  },
  KS402: {
    title: '--set names a place that does not exist',
    says: 'Each step of the path takes the longest key there is in that place; items of lists go by number, faults also by their id. What leads nowhere is refused, as a misspelt key in the file would be.',
    bad: 'kafkasim check base.yaml --set producers.web.config.linger=5',
    good: 'kafkasim check base.yaml --set producers.web.config.linger.ms=5',
  },
  KS403: {
    title: 'the scenario has several rows, or none of this label',
    says: 'Where one run is meant, one row of the matrix has to be chosen, by its label.',
    bad: "simulate(text, { row: 'small' })",
    good: "simulate(text, { row: 'brokers=3' })",
  },
} as const satisfies DiagnosticPages
