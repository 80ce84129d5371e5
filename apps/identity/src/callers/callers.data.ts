import { appRegistryCatalogue, gatewayCatalogue } from '@tokengrid/contracts';
import { foreignProjection } from '@tokengrid/service';
import { Callers1765100000000 } from '../migrations/1765100000000-callers.ts';
import { apps } from './apps.projection.ts';
import { callerKeys } from './caller-keys.projection.ts';

/** Data about callers of apps, for the service's definition. */
export const callersData = {
  foreignProjections: [foreignProjection(appRegistryCatalogue, apps), foreignProjection(gatewayCatalogue, callerKeys)],
  migrations: [Callers1765100000000],
};
