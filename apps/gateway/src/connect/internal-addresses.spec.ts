import { describe, expect, it } from '@jest/globals';
import { endpointFaults } from '@tokengrid/rating';
import fc from 'fast-check';
import { isPublic } from './internal-addresses.ts';

describe('an address that no endpoint may have', () => {
  it.each([
    ['the unspecified one', '0.0.0.0'],
    ['of this network', '0.1.2.3'],
    ['loopback', '127.0.0.1'],
    ['any of loopback', '127.255.255.254'],
    ['private, class A', '10.1.2.3'],
    ['private, class B', '172.16.0.1'],
    ['the last private one of class B', '172.31.255.255'],
    ['private, class C', '192.168.1.1'],
    ['carrier-grade NAT, with a cloud’s metadata', '100.100.100.200'],
    ['link-local', '169.254.1.1'],
    ['metadata of most clouds', '169.254.169.254'],
    ['metadata of Azure', '168.63.129.16'],
    ['metadata of Oracle', '192.0.0.192'],
    ['documentation', '203.0.113.7'],
    ['benchmarks', '198.18.0.1'],
    ['multicast', '224.0.0.1'],
    ['reserved', '240.0.0.1'],
    ['broadcast', '255.255.255.255'],
    ['the unspecified one of IPv6', '::'],
    ['loopback of IPv6', '::1'],
    ['IPv4 mapped into IPv6', '::ffff:127.0.0.1'],
    ['the same in hexadecimal', '::ffff:7f00:1'],
    ['metadata mapped into IPv6', '::ffff:a9fe:a9fe'],
    ['IPv4 as IPv6, the deprecated way', '::127.0.0.1'],
    ['a public one of IPv4 that way', '::8.8.8.8'],
    ['IPv4 translated', '::ffff:0:127.0.0.1'],
    ['NAT64', '64:ff9b::7f00:1'],
    ['local NAT64', '64:ff9b:1::7f00:1'],
    ['6to4', '2002:7f00:1::'],
    ['Teredo', '2001:0:7f00:1::'],
    ['unique local', 'fd12:3456::1'],
    ['metadata of Amazon by IPv6', 'fd00:ec2::254'],
    ['link-local of IPv6', 'fe80::1'],
    ['the same with its zone', 'fe80::1%eth0'],
    ['site-local', 'fec0::1'],
    ['documentation of IPv6', '2001:db8::1'],
    ['multicast of IPv6', 'ff02::1'],
    ['unassigned', '4000::1'],
    ['none at all', 'localhost'],
    ['empty', ''],
  ])('%s: %s', (_, address) => expect(isPublic(address)).toBe(false));
});

it.each([
  '8.8.8.8',
  '1.1.1.1',
  '172.32.0.1',
  '168.63.129.17',
  '2606:4700:4700::1111',
  '2a00:1450::1',
  '::ffff:8.8.8.8',
])('a public address may be an endpoint: %s', (address) => expect(isPublic(address)).toBe(true));

it('what the registry refuses when it is offered, is refused when it is connected to', () => {
  const v4 = fc.ipV4();
  const v6 = fc.ipV6();
  fc.assert(
    fc.property(fc.oneof(v4, v6), (address) => {
      const host = address.includes(':') ? `[${address}]` : address;
      const faults = endpointFaults(`https://${host}/`).map(({ code }) => code);
      if (faults.includes('APP_REGISTRY.ENDPOINT_INTERNAL'))
        expect(`${address} ${isPublic(address)}`).toBe(`${address} false`);
    }),
    { numRuns: 2000 },
  );
});
