// What the catalogue says of one code: the page that people read, and the examples that tests hold it to.

export interface DiagnosticPage {
  /** As a list has it: no full stop. */
  readonly title: string
  /** What it means and what to do: a paragraph. */
  readonly says: string
  /**
   * Keys of a scenario that is good otherwise (`BASE`), or `kafkasim …`, what was typed. `bad` is told this code, `good` is
   * told nothing.
   */
  readonly bad: string
  readonly good: string
  /** The examples are whole files. */
  readonly whole?: true
}

export type DiagnosticPages = { readonly [code: `KS${number}`]: DiagnosticPage }

/** The file that examples are put into: their keys take the place of its own. */
export const EXAMPLE_BASE = `kafka: "4.0"
duration: 60s
cluster: { brokers: 3, racks: [a, b] }
topics: { orders: { partitions: 3, replication.factor: 3 } }
producers: { web: { topic: orders } }
consumers: { audit: { topic: orders } }
`

/** The whole file of an example. */
export function exampleFile(example: string, page: Pick<DiagnosticPage, 'whole'>): string {
  if (page.whole === true) return example
  const keys = new Set(example.split('\n').flatMap((line) => /^([\w-]+):/.exec(line)?.[1] ?? []))
  const kept = EXAMPLE_BASE.split('\n').filter((line) => !keys.has(line.split(':', 1)[0] ?? ''))
  return `${kept.join('\n')}${example}\n`
}
