// The types of request and response bodies by API. Bodies are plain objects that always have all fields; one that the
// version in use does not carry holds its default, which the generated interfaces name.

import type { ApiName } from './api-keys.ts'
import type { ApiBodies } from './generated/api-codecs.ts'

export type RequestOf<A extends ApiName> = ApiBodies[A]['request']

export type ResponseOf<A extends ApiName> = ApiBodies[A]['response']
