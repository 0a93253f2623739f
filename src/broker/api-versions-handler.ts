// ApiVersions: what a broker speaks.

import type { ServerRequest } from '../network/request-server.ts'
import { APIS } from '../protocol/api-keys.ts'
import { Errors } from '../protocol/error-codes.ts'

const BROKER_APIS = [
  APIS.Produce,
  APIS.Fetch,
  APIS.ListOffsets,
  APIS.Metadata,
  APIS.ApiVersions,
  APIS.InitProducerId,
  APIS.OffsetForLeaderEpoch,
]

export function handleApiVersions(request: ServerRequest): void {
  request.respond('ApiVersions', {
    errorCode: Errors.NONE,
    apiKeys: BROKER_APIS.map(({ key, minVersion, maxVersion }) => ({ apiKey: key, minVersion, maxVersion })),
    throttleTimeMs: 0,
    supportedFeatures: [],
    finalizedFeaturesEpoch: -1,
    finalizedFeatures: [],
    zkMigrationReady: false,
  })
}
