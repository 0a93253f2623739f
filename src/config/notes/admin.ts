// Keys of admin clients. A scenario has no place for them: what creates topics and moves leaders runs with defaults.

import { type KeyNote } from '../key-definition.ts'
import { refused } from '../key-note.ts'
import { CLIENT_NOTES } from './client.ts'

const DEFAULTS_ONLY = 'admin clients run with defaults'

const OWN_DOCS = {
  'bootstrap.controllers': 'The controllers that an admin client asks first, instead of brokers.',
  'default.api.timeout.ms': 'How long calls without a timeout of their own may take.',
  retries: 'How often a request that failed for a passing reason is sent again.',
}

const DOCS: [string, string][] = [
  ...Object.entries<KeyNote>(CLIENT_NOTES).map(([key, { doc }]): [string, string] => [key, doc]),
  ...Object.entries(OWN_DOCS),
]

export const ADMIN_NOTES = Object.fromEntries(DOCS.map(([key, doc]) => [key, refused(DEFAULTS_ONLY, doc)])) as {
  // One note for each document.
  readonly [Key in keyof typeof CLIENT_NOTES | keyof typeof OWN_DOCS]: ReturnType<typeof refused>
}
