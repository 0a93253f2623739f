// `nemesis:` — somebody who breaks things at random all through the run: how often, how many at once, what, and what never.

import * as z from 'zod'
import { targets } from '../faults/fault-literals.ts'
import { FAULT_VERBS, type FaultVerb } from '../faults/fault-schema.ts'
import { drawn, duration, failed, integer, type Literal, schemaOf, wrongType } from '../text/literals.ts'
import { parseTarget, type Target } from '../faults/target.ts'

const setting = (literal: Literal<number>, description: string) => schemaOf(drawn(literal, true), description)

/** `start` only undoes what others did; what no consumer can handle stays. */
const OTHERS = ['start', 'poison', 'alter-offsets'] as const
/** Verbs that mean something without being told more. */
export const NEMESIS_VERBS = FAULT_VERBS.filter((verb): verb is NemesisVerb => !OTHERS.some((other) => other === verb))
export type NemesisVerb = Exclude<FaultVerb, (typeof OTHERS)[number]>

/** What is never to be so: these verbs hitting so many brokers at one time, or this target at all. */
export interface Never {
  readonly verbs: readonly NemesisVerb[]
  /** A number of brokers, or a broker, a rack, or the controller. */
  readonly whom: Target
  /** As written. */
  readonly text: string
}

const never: Literal<Never> = {
  expected: 'what must not be, such as power-loss majority or kill|pause controller',
  json: {
    type: 'string',
    pattern: `^(?:${NEMESIS_VERBS.join('|')})(?:\\|(?:${NEMESIS_VERBS.join('|')}))*\\s+\\S+(?:\\s+brokers?)?$`,
    examples: ['power-loss majority', 'kill|pause controller'],
  },
  read: (raw) => {
    if (typeof raw !== 'string') return wrongType(never, raw)
    const found = /^([a-z|-]+)\s+(\S+)(?:\s+brokers?)?$/.exec(raw.trim())
    const words = (found?.[1] ?? '').split('|')
    const verbs = words.flatMap((word) => NEMESIS_VERBS.filter((verb) => verb === word))
    const set = /^(?:one|minority|majority|all)$/.test(found?.[2] ?? '')
    const whom = parseTarget(set ? `${found?.[2]} brokers` : (found?.[2] ?? ''))
    if (verbs.length < words.length || !whom.ok || !FIXED.includes(whom.target.kind)) {
      return failed('KS210', `expected ${never.expected}, found "${raw.slice(0, 60)}"`)
    }
    return { value: { verbs, whom: whom.target, text: raw.trim() } }
  },
}

const FIXED: readonly Target['kind'][] = ['brokers', 'broker', 'rack', 'controller']

const weight = schemaOf(integer(0, 1000), 'How often, compared with the others; 0: never.')
const chosen = z.union([
  weight,
  z.strictObject({
    weight: weight.optional(),
    targets: schemaOf(
      targets,
      'One of these is hit; default: brokers, leaders, followers, the controller, members and coordinators of groups.',
    ).optional(),
    for: setting(duration, 'How long, drawn each time.').optional(),
  }),
])

export const nemesisSchema = z.strictObject({
  interval: setting(duration, 'From one fault to the next, drawn each time; default 5s..20s.').optional(),
  from: setting(duration, 'Nothing happens before; default 5s.').optional(),
  'max-concurrent': setting(integer(1, 100), 'So many faults at one time; default 1.').optional(),
  never: z
    .array(schemaOf(never, 'power-loss majority, kill|pause controller.'))
    .optional()
    .describe('What must not be so at any time.'),
  faults: z
    .partialRecord(z.enum(NEMESIS_VERBS), chosen)
    .describe('Verbs and their weights; or { weight, targets, for }.'),
  'heal-before-end': setting(duration, 'So long before the duration is over all is healed; default 10s.').optional(),
})

export type NemesisShape = z.output<typeof nemesisSchema>
