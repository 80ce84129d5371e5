import { isIP } from 'node:net';
import ipaddr from 'ipaddr.js';

/** A network in CIDR, as `ipaddr.js` reads it. */
type Network = ReturnType<typeof ipaddr.parseCIDR>;
type Address = ReturnType<typeof ipaddr.process>;

/** A cloud's metadata service, at an address that is public otherwise. */
const metadataServices = networksOf(['168.63.129.16/32']);

/** Addresses of IPv6 that are assigned to networks of the internet. */
const globalUnicast = networksOf(['2000::/3']);

/** Networks in CIDR, such as `127.0.0.0/8`. */
function networksOf(texts: readonly string[]): readonly Network[] {
  return texts.map((text) => ipaddr.parseCIDR(text));
}

/**
 * True if an endpoint may be at an address. An address of IPv4 that is mapped into IPv6 counts as
 * what it leads to; tunnels are internal.
 * @param address as the resolver or a URL writes it
 */
export function isPublic(address: string): boolean {
  // Addresses with a zone are of a link.
  if (isIP(address) === 0 || address.includes('%')) return false;
  const parsed = ipaddr.process(inHexadecimal(address));
  if (parsed.range() !== 'unicast') return false;
  return parsed.kind() === 'ipv6' ? isIn(parsed, globalUnicast) : !isIn(parsed, metadataServices);
}

/**
 * An address of IPv6 without the decimal form of its end: `ipaddr.js` takes `::8.8.8.8`, which
 * leads nowhere, for the mapped `::ffff:8.8.8.8`.
 */
const inHexadecimal = (address: string): string =>
  address.includes(':') ? new URL(`http://[${address}]`).hostname.slice(1, -1) : address;

const isIn = (address: Address, networks: readonly Network[]): boolean =>
  networks.some(([network, bits]) => network.kind() === address.kind() && address.match(network, bits));
