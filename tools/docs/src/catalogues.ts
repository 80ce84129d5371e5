import {
  appRegistryCatalogue,
  type EventDeclaration,
  identityCatalogue,
  meteringCatalogue,
  settlementCatalogue,
  walletCatalogue,
} from '@tokengrid/contracts';

/** A service's events in the order in which they are declared, whatever their data. */
export interface DocumentedCatalogue {
  readonly service: string;
  readonly topic: string;
  readonly events: readonly EventDeclaration[];
}

/** What all services say, in the order in which a reader meets them. */
export const catalogues: readonly DocumentedCatalogue[] = [
  identityCatalogue,
  walletCatalogue,
  appRegistryCatalogue,
  meteringCatalogue,
  settlementCatalogue,
].map(({ service, topic, events }) => ({
  service,
  topic,
  events: Object.values<unknown>(events) as readonly EventDeclaration[],
}));
