// Frames of the Kafka protocol: length, header, body (W-1 to W-3). Bodies travel as structures; the sizes are those the
// bytes would have. Left out: which response answers which request, which is the client's business.

import { assert } from '../../sim/assert.ts'
import type { Frame } from '../../sim/host.ts'
import { APIS, isFlexible, type ApiName } from './api-keys.ts'
import { fold32 } from './digest.ts'
import { API_CODECS, type ApiCodec } from './generated/api-codecs.ts'
import type { RequestOf, ResponseOf } from './messages.ts'
import { utf8Length } from './utf8.ts'

/** The body of a request frame. `APIS[api].key` is the key on the wire. */
export interface RequestEnvelope {
  readonly api: ApiName
  readonly apiVersion: number
  readonly correlationId: number
  readonly clientId: string
  /** A `RequestOf` this api. */
  readonly body: unknown
}

/** The body of a response frame. As on the wire, only the correlation id tells what it answers. */
export interface ResponseEnvelope {
  readonly correlationId: number
  /** A `ResponseOf` the request's api. */
  readonly body: unknown
}

/** A request as it goes on the wire. Its kind is `'<api>.request'`. */
export function requestFrame<A extends ApiName>(
  api: A,
  apiVersion: number,
  correlationId: number,
  clientId: string,
  body: RequestOf<A>,
): Frame {
  checkVersion(api, apiVersion)
  const codec: ApiCodec<A> = API_CODECS[api]
  const envelope: RequestEnvelope = { api, apiVersion, correlationId, clientId, body }
  return {
    kind: codec.requestKind,
    sizeBytes: LENGTH_BYTES + requestHeaderSize(api, apiVersion, clientId) + codec.sizeOfRequest(body, apiVersion),
    digest: fold32(codec.digestOfRequest(body), correlationId),
    body: envelope,
  }
}

/** The answer to a request of this version. Its kind is `'<api>.response'`. */
export function responseFrame<A extends ApiName>(
  api: A,
  apiVersion: number,
  correlationId: number,
  body: ResponseOf<A>,
): Frame {
  checkVersion(api, apiVersion)
  const codec: ApiCodec<A> = API_CODECS[api]
  const envelope: ResponseEnvelope = { correlationId, body }
  return {
    kind: codec.responseKind,
    sizeBytes: LENGTH_BYTES + responseHeaderSize(api, apiVersion) + codec.sizeOfResponse(body, apiVersion),
    digest: fold32(codec.digestOfResponse(body), correlationId),
    body: envelope,
  }
}

/** Key, version, correlation id, client id with an int16 length; header v2 adds its tagged fields, always none (W-2). */
export function requestHeaderSize(api: ApiName, apiVersion: number, clientId: string): number {
  return 10 + utf8Length(clientId) + (isFlexible(api, apiVersion) ? 1 : 0)
}

/** Correlation id; header v1 adds its tagged fields. ApiVersions always has header v0 (W-3). */
export function responseHeaderSize(api: ApiName, apiVersion: number): number {
  return isFlexible(api, apiVersion) && api !== 'ApiVersions' ? 5 : 4
}

/** The int32 in front of every frame, which does not count itself (W-1). */
const LENGTH_BYTES = 4

function checkVersion(api: ApiName, apiVersion: number): void {
  const { minVersion, maxVersion } = APIS[api]
  if (!(apiVersion >= minVersion && apiVersion <= maxVersion)) assert(false, `${api} has no version ${apiVersion} here`)
}
