import { type Catalogue, catalogues } from '@tokengrid/contracts';
import { Failure } from '../output/failure.ts';

/** Names of the services that own events. */
const serviceNames: readonly string[] = catalogues.map(({ service }) => service);

/** Catalogue of a service by its name. @throws Failure listing the services */
export function catalogueOf(service: string): Catalogue {
  const found = catalogues.find((catalogue) => catalogue.service === service);
  if (!found) throw new Failure(`Unknown service "${service}"; the services are: ${serviceNames.join(', ')}.`);
  return found;
}

/** Catalogue of the named service, or all of them. */
export function cataloguesOf(service: string | undefined): readonly Catalogue[] {
  return service === undefined ? catalogues : [catalogueOf(service)];
}
