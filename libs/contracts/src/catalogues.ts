import { appRegistryCatalogue } from './app-registry.ts';
import type { Catalogue } from './event.ts';
import { gatewayCatalogue } from './gateway.ts';
import { identityCatalogue } from './identity.ts';
import { meteringCatalogue } from './metering.ts';
import { settlementCatalogue } from './settlement.ts';
import { walletCatalogue } from './wallet.ts';

/** Catalogues of all services in reading order: parties, tokens, apps, usage, earnings, edge. */
export const catalogues = [
  identityCatalogue,
  walletCatalogue,
  appRegistryCatalogue,
  meteringCatalogue,
  settlementCatalogue,
  gatewayCatalogue,
] as unknown as readonly Catalogue[];
