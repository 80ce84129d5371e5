import { lookup, type LookupAddress } from 'node:dns';
import { isIP, type LookupFunction } from 'node:net';
import { buildConnector } from 'undici';
import type { AllowedEndpoints } from '@tokengrid/rating';
import { isPublic } from './internal-addresses.ts';

/** Resolver of a host's addresses: `dns.lookup`, or a spec's own. */
export type Resolve = (
  host: string,
  options: { readonly all: true },
  answer: (error: NodeJS.ErrnoException | null, addresses: readonly LookupAddress[]) => void,
) => void;

/** An endpoint that leads into a network: nothing is sent there. */
export class EndpointRefused extends Error {
  override readonly name = 'EndpointRefused';
  constructor(host: string) {
    super(`the endpoint leads to an address that is not public: ${host}`);
  }
}

/**
 * Look-up of a host for a connection. The addresses that it checked are those that are connected
 * to, so a name that resolves anew cannot lead elsewhere. A host of which one address is internal
 * is refused as a whole.
 */
export function guardedLookup(resolve: Resolve = lookup): LookupFunction {
  return (host, options, callback) =>
    resolve(host, { ...options, all: true }, (error, addresses) => {
      if (error) return callback(error, []);
      const [first] = addresses;
      if (!first || addresses.some(({ address }) => !isPublic(address))) {
        return callback(new EndpointRefused(host), []);
      }
      return options.all ? callback(null, [...addresses]) : callback(null, first.address, first.family);
    });
}

/**
 * Connector of undici's pools that connects to public addresses and allowed origins only.
 * @param allowed origins that may be anywhere; `*` for all
 * @param options of `buildConnector`, such as its timeout
 */
export function guardedConnector(
  allowed: AllowedEndpoints,
  options: buildConnector.BuildOptions = {},
  resolve: Resolve = lookup,
): buildConnector.connector {
  const guarded = buildConnector({ ...options, lookup: guardedLookup(resolve) });
  const unguarded = buildConnector({ ...options, lookup: resolve as LookupFunction });
  return (target, callback) => {
    if (allowed.includes('*') || allowed.includes(originOf(target))) return unguarded(target, callback);
    // An address in a URL is connected to without a look-up.
    if (isIP(target.hostname) !== 0 && !isPublic(target.hostname)) {
      return callback(new EndpointRefused(target.hostname), null);
    }
    return guarded(target, callback);
  };
}

const originOf = ({ protocol, hostname, port }: Pick<buildConnector.Options, 'protocol' | 'hostname' | 'port'>) =>
  new URL(`${protocol}//${isIP(hostname) === 6 ? `[${hostname}]` : hostname}${port ? `:${port}` : ''}`).origin;
