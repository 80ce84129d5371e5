import { gatewayCatalogue, type GatewayEvent } from '@tokengrid/contracts';
import { dataOf, type ServiceDefinition } from '@tokengrid/service';
import { gatewayApi } from './api.ts';
import { LostCredentials } from './credentials/lost-credentials.ts';
import { edgeStreamOf } from './decisions/state/edge.ts';
import { directoryData } from './directory/directory.data.ts';
import { gatewayAnswers } from './http/gateway-answers.ts';
import { AppSigningKeys1765000000012 } from './migrations/1765000000012-app-signing-keys.ts';
import { replaysData } from './replays/replays.data.ts';
import { slicesData } from './slices/slices.data.ts';

/** Definition of the gateway. */
export const gatewayService: ServiceDefinition<GatewayEvent, undefined> = {
  catalogue: gatewayCatalogue,
  projections: [...directoryData.projections, ...slicesData.projections],
  foreignProjections: [...directoryData.foreignProjections, ...slicesData.foreignProjections],
  migrations: [
    ...directoryData.migrations,
    ...slicesData.migrations,
    AppSigningKeys1765000000012,
    ...replaysData.migrations,
  ],
  audit: { scope: 'gateway:audit:read', streamsOf: (partyId) => [edgeStreamOf(partyId)] },
  answers: gatewayAnswers,
  faults: LostCredentials,
  api: gatewayApi,
};

/**
 * Data definition for the command line, which rebuilds, restores and verifies without running the
 * service.
 */
export const definition = dataOf(gatewayService);
