// A finding as a scenario file: runs alone, has its seed in it, expects what was found, and says in a comment what that was
// and how it came about.

import { scenarioToYaml } from '../scenario/text/to-yaml.ts'
import type { PlainScenario } from './drawn-scenario.ts'
import type { CaseFinding } from './signature.ts'

export interface Failure {
  readonly plain: PlainScenario
  readonly runSeed: number
  readonly finding: CaseFinding
  /** How often the campaign found it. */
  readonly count: number
  /** The version of this package. */
  readonly version: string
  /** What the user typed that led here. */
  readonly campaign: string
  /** As the file will be called in the replay line. */
  readonly path: string
}

export function failureText({ plain, runSeed, finding, count, version, campaign, path }: Failure): string {
  const { broken, kind, message, subject, signature } = finding
  const { name: _name, seed: _seed, expect: _expect, allow: _allow, ...rest } = plain
  const finds = broken.filter((id) => !id.startsWith('finds:'))
  const scenario = {
    name: nameOf(path),
    seed: runSeed,
    ...rest,
    ...(finds.length > 0 ? { expect: [{ finds }], allow: ['stuck'] } : {}),
  }
  const ending =
    finds.length > 0
      ? 'It passes while this is still found.'
      : `Nothing can be expected of it: it ends as ${kind} while this is still so.`
  const comment = [
    `Found by kafkasim ${version}, ${count} ${count === 1 ? 'time' : 'times'}: ${campaign}`,
    ``,
    ...wrapped(signature),
    ...wrapped(`${subject === '' ? '' : `${subject}: `}${message}`),
    ``,
    `Replay: npx kafkasim run ${path}`,
    ending,
  ]
  // A drawn scenario, or a file's content: nothing in it but what YAML can hold.
  return scenarioToYaml(scenario, comment.map(printable).join('\n'))
}

/** A name for the file, of its finding and where it was found. */
export function failureName(finding: CaseFinding, campaignSeed: number, index: number): string {
  const words = finding.id
    .replaceAll(/[^A-Za-z0-9]+/g, '-')
    .replaceAll(/^-|-$/g, '')
    .slice(0, 60)
  return `${words}-${campaignSeed}-${index}.yaml`
}

function nameOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1).replace(/\.yaml$/, '')
}

/** Messages may quote anything. */
function printable(text: string): string {
  return text.replaceAll(/\p{Cc}/gu, ' ')
}

function wrapped(text: string): string[] {
  return text.match(/.{1,110}(?:\s|$)|.{110}/g)?.map((line) => line.trim()) ?? []
}
