import { describe, expect, it } from '@jest/globals';
import type { Manifest } from '@tokengrid/contracts';
import { credentialFaults, endpointFaults } from './endpoint-faults.ts';
import { publicationFaults } from './publication-faults.ts';

const manifest: Manifest = {
  endpoint: 'https://chat.example',
  description: 'Answers questions.',
  meters: [],
  plans: [{ id: 'basic', name: 'Basic', prices: [] }],
  scopes: [],
  dataUse: [],
  revenueShare: { operatorBps: 1000 },
};
const codesOf = (endpoint: string) => endpointFaults(endpoint).map(({ code }) => code);

describe('the endpoint of an app', () => {
  it.each([
    'https://chat.example',
    'https://models.example.com:8443/v1?region=north',
    'https://8.8.8.8/v1',
    'https://172.32.0.1',
    'https://100.128.0.1',
    'https://[2606:4700::1111]/v1',
    'https://localhost.example.com',
    'https://internal.example.com',
    'https://my-local.example.com',
  ])('may be %s', (endpoint) => expect(codesOf(endpoint)).toEqual([]));

  it('may be at an origin that is allowed, and at no other', () => {
    const at = (endpoint: string, allowed: readonly string[]) => endpointFaults(endpoint, allowed).length === 0;
    const allowed = ['http://127.0.0.1:8091'];
    expect(at('http://127.0.0.1:8091/v1', allowed)).toBe(true);
    expect(at('http://127.0.0.1:8091@10.0.0.1/v1', allowed)).toBe(false);
    expect(at('http://127.0.0.1:80/v1', allowed)).toBe(false);
    expect(at('http://127.0.0.1:80/v1', ['*'])).toBe(true);
  });

  it.each([
    // Names.
    'https://localhost',
    'https://LOCALHOST./v1',
    'https://api.localhost',
    'https://printer.local',
    'https://metadata.google.internal',
    'https://billing.corp',
    'https://router.home.arpa',
    'https://wallet',
    'https://wallet:8082',
    'https://ｌｏｃａｌｈｏｓｔ',
    'https://127.0.0.1.nip.io',
    // IPv4, also in odd spellings.
    'https://127.0.0.1',
    'https://127.1',
    'https://2130706433',
    'https://017700000001',
    'https://0x7f000001',
    'https://0x7f.0.0.1',
    'https://0177.0.0.01',
    'https://①②⑦.0.0.1',
    'https://0.0.0.0',
    'https://10.1.2.3',
    'https://172.16.0.1',
    'https://172.31.255.255',
    'https://192.168.1.1',
    'https://169.254.169.254/latest/meta-data',
    'https://100.64.0.1',
    'https://100.100.100.200',
    'https://168.63.129.16',
    'https://198.18.0.1',
    'https://203.0.113.9',
    'https://224.0.0.1',
    'https://255.255.255.255',
    // IPv6, with IPv4 inside it.
    'https://[::1]',
    'https://[::]',
    'https://[0:0:0:0:0:0:0:1]',
    'https://[::ffff:127.0.0.1]',
    'https://[::ffff:7f00:1]',
    'https://[::ffff:8.8.8.8]',
    'https://[::7f00:1]',
    'https://[64:ff9b::7f00:1]',
    'https://[2002:7f00:1::]',
    'https://[2001:0:4136:e378::1]',
    'https://[2001:db8::1]',
    'https://[fe80::1]',
    'https://[fc00::1]',
    'https://[fd00:ec2::254]',
    'https://[ff02::1]',
  ])('is internal at %s', (endpoint) => expect(codesOf(endpoint)).toEqual(['APP_REGISTRY.ENDPOINT_INTERNAL']));

  it('has all its faults at once', () =>
    expect(['http://user:secret@localhost'].flatMap((it) => [...endpointFaults(it), ...credentialFaults(it)])).toEqual([
      { code: 'APP_REGISTRY.ENDPOINT_NOT_HTTPS', pointer: '/endpoint' },
      { code: 'APP_REGISTRY.ENDPOINT_INTERNAL', pointer: '/endpoint' },
      { code: 'APP_REGISTRY.ENDPOINT_WITH_CREDENTIALS', pointer: '/endpoint' },
    ]));
});

describe('an app that asks for scopes', () => {
  const missing = [{ code: 'APP_REGISTRY.DATA_USE_MISSING', pointer: '/dataUse' }];
  const scopes = ['network:location'];

  it('says what it uses data for', () => {
    expect(publicationFaults({ ...manifest, scopes })).toEqual(missing);
    expect(publicationFaults({ ...manifest, scopes, dataUse: [' '] })).toEqual(missing);
    expect(publicationFaults({ ...manifest, scopes, dataUse: ['weather at the place'] })).toEqual([]);
  });

  it('need not say anything where it asks for none', () => expect(publicationFaults(manifest)).toEqual([]));
});

describe('the reporter of a meter', () => {
  const meter = (name: string, reportedBy: 'gateway' | 'developer' | 'operator') =>
    ({ name, unit: 'unit', aggregation: 'sum', reportedBy }) as const;

  it('is the gateway for well-known meters only: it measures no others', () => {
    const meters = [meter('images', 'gateway'), meter('questions', 'gateway'), meter('answers', 'developer')];
    expect(publicationFaults({ ...manifest, meters })).toEqual([
      { code: 'APP_REGISTRY.REPORTER_UNFIT', pointer: '/meters/1/reportedBy' },
    ]);
  });
});

describe('a volume price with a dearer tier', () => {
  const tiers = ['2', '1', '1.5', '1.500001'].map((unitPrice, tier) => ({
    ...{ upTo: tier === 3 ? null : String(tier + 1), unitPrice },
  }));
  const faultsOf = (meter: string, model: 'volume' | 'graduated') => {
    const free = { meter: 'images', model: 'per-unit' as const, unitPrice: '0' };
    const plans = [{ id: 'basic', name: 'Basic', prices: [free, { meter, model, tiers }] }];
    return publicationFaults({ ...manifest, plans });
  };

  it('is not published for a well-known meter: no use of a gateway has a bound', () =>
    expect(faultsOf('output_tokens', 'volume')).toEqual(
      [2, 3].map((tier) => ({
        ...{ code: 'APP_REGISTRY.TIER_DEARER', pointer: `/plans/0/prices/1/tiers/${tier}/unitPrice` },
      })),
    ));

  it("is for a meter of the app's own, and a graduated one for any", () => {
    expect(faultsOf('pages', 'volume')).toEqual([]);
    expect(faultsOf('output_tokens', 'graduated')).toEqual([]);
  });
});
