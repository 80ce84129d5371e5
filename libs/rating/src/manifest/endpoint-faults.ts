import { BlockList, isIP } from 'node:net';
import type { ManifestFault } from '@tokengrid/contracts';

const pointer = '/endpoint';

/** Every origin, in a list of allowed ones. */
const anyOrigin = '*';

/**
 * Origins that a network sends requests to although they are no public https addresses, such as
 * servers of a development machine; `*` for all.
 */
export type AllowedEndpoints = readonly string[];

/** A secret of the endpoint's that would be in events for ever. */
export function credentialFaults(endpoint: string): readonly ManifestFault[] {
  const { username, password } = new URL(endpoint);
  return username || password ? [{ code: 'APP_REGISTRY.ENDPOINT_WITH_CREDENTIALS', pointer }] : [];
}

/**
 * Faults of an endpoint that the network would send requests to. Only the text is checked: a public
 * name may still lead to an internal address, which whoever connects has to check again.
 * @param allowed origins that have none of them
 */
export function endpointFaults(endpoint: string, allowed: AllowedEndpoints = []): readonly ManifestFault[] {
  const { protocol, hostname, origin } = new URL(endpoint);
  if (allowed.includes(anyOrigin) || allowed.includes(origin)) return [];
  return [
    ...(protocol === 'https:' ? [] : [{ code: 'APP_REGISTRY.ENDPOINT_NOT_HTTPS', pointer } as const]),
    ...(isInternal(hostname) ? [{ code: 'APP_REGISTRY.ENDPOINT_INTERNAL', pointer } as const] : []),
  ];
}

/**
 * Networks that no public service has an address in, and tunnels that lead into them: IANA's
 * registries of special-purpose addresses.
 */
const internalNetworks: readonly (readonly [string, number])[] = [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  // Carrier-grade NAT.
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  // Link-local, with the metadata services of clouds.
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.88.99.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  // Multicast, reserved, and broadcast.
  ['224.0.0.0', 3],
  // A cloud's metadata service, at a public address.
  ['168.63.129.16', 32],
];

/** Addresses of IPv6 that are global unicast; all others are internal, reserved or tunnels. */
const globalUnicast = networks([['2000::', 3]]);
const internalIpv6 = networks([
  // Teredo and other protocols, documentation, 6to4.
  ['2001::', 23],
  ['2001:db8::', 32],
  ['2002::', 16],
  ['3fff::', 20],
]);
const internalIpv4 = networks(internalNetworks);

function networks(all: readonly (readonly [string, number])[]): BlockList {
  const list = new BlockList();
  for (const [address, prefix] of all) list.addSubnet(address, prefix, isIP(address) === 6 ? 'ipv6' : 'ipv4');
  return list;
}

/**
 * Ends of names that are resolved within a network, or nowhere (RFC 6761, 6762, 7686, 8375, ICANN).
 */
const internalDomains: readonly string[] = [
  'localhost',
  'localdomain',
  'local',
  'internal',
  'intranet',
  'private',
  'corp',
  'home',
  'lan',
  'home.arpa',
  'in-addr.arpa',
  'ip6.arpa',
  'onion',
  'test',
  'invalid',
  // Names that contain any address and resolve to it.
  'nip.io',
  'sslip.io',
  'xip.io',
  'localtest.me',
  'lvh.me',
];

/**
 * Whether a host is inside a network. `URL` has already turned decimal, octal, hexadecimal and
 * short spellings of IPv4 into the usual one, and full-width letters into ASCII.
 * @param hostname of a parsed URL
 */
function isInternal(hostname: string): boolean {
  const host = hostname.replace(/^\[|\]$/g, '').replace(/\.+$/, '');
  switch (isIP(host)) {
    case 4:
      return internalIpv4.check(host);
    case 6:
      return !globalUnicast.check(host, 'ipv6') || internalIpv6.check(host, 'ipv6');
    default:
      // A name without a dot is completed within a network.
      return !host.includes('.') || internalDomains.some((domain) => host === domain || host.endsWith(`.${domain}`));
  }
}
