import { appRegistryCatalogue, walletCatalogue } from '@tokengrid/contracts';
import { Credentials1764400000011 } from '../migrations/1764400000011-credentials.ts';
import { offerCredentials } from '../credentials/offer-credentials.projection.ts';
import { foreignProjection } from '@tokengrid/service';
import { Directory1764400000010 } from '../migrations/1764400000010-directory.ts';
import { Requests1764400000012 } from '../migrations/1764400000012-requests.ts';
import { KeySpending1765000000014 } from '../migrations/1765000000014-key-spending.ts';
import { keyCaps } from '../requests/key-caps.projection.ts';
import { keySpending } from '../requests/key-spending.projection.ts';
import { requestCharges } from '../requests/request-charges.projection.ts';
import { requests } from '../requests/requests.projection.ts';
import { apps } from './apps.projection.ts';
import { offers } from './offers.projection.ts';

/** Data of the directory, for the service's definition. */
export const directoryData = {
  foreignProjections: [
    foreignProjection(appRegistryCatalogue, offers),
    foreignProjection(appRegistryCatalogue, apps),
    foreignProjection(walletCatalogue, requestCharges),
    foreignProjection(walletCatalogue, keyCaps),
    foreignProjection(walletCatalogue, keySpending),
  ],
  projections: [offerCredentials, requests],
  migrations: [Directory1764400000010, Credentials1764400000011, Requests1764400000012, KeySpending1765000000014],
};
