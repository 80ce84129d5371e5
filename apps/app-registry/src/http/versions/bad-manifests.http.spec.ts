import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type Caller, runAppRegistry, type RunningAppRegistry } from '../../testing/run-app-registry.ts';

let registry: RunningAppRegistry;
let developer: Caller;
let path: string;
beforeAll(async () => {
  registry = await runAppRegistry();
  developer = registry.party('developer');
  const { body } = await registry.post(developer, '/v1/apps', { slug: 'bad-manifests', name: 'Bad manifests' });
  path = `/v1/apps/${String(body['appId'])}/versions`;
}, 120_000);
afterAll(() => registry.close(), 60_000);

const meter = (name: string) => ({ name, unit: 'unit', aggregation: 'sum' });
const manifest = {
  endpoint: 'https://app.example.com',
  description: 'Answers questions.',
  meters: [meter('answers')],
  plans: [{ id: 'basic', name: 'Basic', prices: [{ meter: 'answers', model: 'per-unit', unitPrice: '2.5' }] }],
  scopes: [],
  dataUse: [],
  revenueShare: { operatorBps: 1000 },
};
const planWith = (plan: object) => ({ ...manifest, plans: [{ ...manifest.plans[0], ...plan }] });
const priced = (price: object) => planWith({ prices: [{ meter: 'answers', model: 'per-unit', ...price }] });
const alike = [manifest.plans[0]!, { ...manifest.plans[0]!, id: 'other', name: 'BASIC ' }];
const unseen = [manifest.plans[0]!, { ...manifest.plans[0]!, id: 'other', name: 'Ba\u200bsic' }];
const tiers = (...ends: (string | null)[]) => ends.map((upTo) => ({ upTo, unitPrice: '1' }));
/** JSON in which `__proto__` is a member like others. */
const withProto = (text: string) => JSON.parse(text) as object;

/** Sends bytes as they are. */
const send = (text: string) =>
  registry.send({
    ...{ method: 'POST', path, body: text },
    headers: { authorization: `Bearer ${developer.secret}`, 'content-type': 'application/json' },
  });

describe('a manifest', () => {
  it.each<[string, object, string]>([
    ['a price with 7 decimals', priced({ unitPrice: '0.1234567' }), '/plans/0/prices/0/unitPrice'],
    ['a price in exponents', priced({ unitPrice: '1e3' }), '/plans/0/prices/0/unitPrice'],
    [
      'tiers that overlap',
      priced({ model: 'graduated', tiers: tiers('10', '5', null) }),
      '/plans/0/prices/0/tiers/1/upTo',
    ],
    [
      'tiers that end alike',
      priced({ model: 'volume', tiers: tiers('10', '10', null) }),
      '/plans/0/prices/0/tiers/1/upTo',
    ],
    ['a trial of −1 days', planWith({ trialDays: -1 }), '/plans/0/trialDays'],
    ['a trial of half a day', planWith({ trialDays: 0.5 }), '/plans/0/trialDays'],
    ['a trial of a thousand years', planWith({ trialDays: 365_000 }), '/plans/0/trialDays'],
    ['a fee below nothing', planWith({ monthlyFee: '-1' }), '/plans/0/monthlyFee'],
    ['a fee for seats below nothing', planWith({ seatFee: '-1' }), '/plans/0/seatFee'],
    ['half a fee for seats', planWith({ monthlyFee: '5', seatFee: '1.5' }), '/plans/0/seatFee'],
    ['fees that come to too much', planWith({ monthlyFee: `1${'0'.repeat(30)}`, seatFee: '1' }), '/plans/0/seatFee'],
    ['a plan without a name', planWith({ name: '\u200b \u3164' }), '/plans/0/name'],
    ['a plan whose name turns the text', planWith({ name: 'Basic \u202egnol' }), '/plans/0/name'],
    ['a unit that nobody sees', { ...manifest, meters: [{ ...meter('answers'), unit: '\u00ad' }] }, '/meters/0/unit'],
    ['a description of spaces', { ...manifest, description: '   ' }, '/description'],
    ['plans whose names differ by what nobody sees', { ...manifest, plans: unseen }, '/plans/1/name'],
    ['a category of its own', { ...manifest, category: 'teas' }, '/category'],
    ['a meter __proto__', { ...manifest, meters: [meter('__proto__')] }, '/meters/0/name'],
    ['a price of the meter __proto__', priced({ meter: '__proto__', unitPrice: '1' }), '/plans/0/prices/0/meter'],
    ['a price of the meter constructor', priced({ meter: 'constructor', unitPrice: '1' }), '/plans/0/prices/0/meter'],
    ['10,000 meters', { ...manifest, meters: Array.from({ length: 10_000 }, (_, n) => meter(`m${n}`)) }, '/meters'],
    ['10,000 plans', { ...manifest, plans: Array.from({ length: 10_000 }, () => manifest.plans[0]) }, '/plans'],
    ['two plans whose names read alike', { ...manifest, plans: alike }, '/plans/1/name'],
    ['credentials in its endpoint', { ...manifest, endpoint: 'https://user:secret@app.example.com' }, '/endpoint'],
    ['a share of more than all', { ...manifest, revenueShare: { operatorBps: 10_001 } }, '/revenueShare/operatorBps'],
    ['a member __proto__', withProto(JSON.stringify(manifest).replace('{', '{"__proto__":{"subsidised":true},')), ''],
  ])('is refused with %s, told at its place', async (_, body, pointer) => {
    const answer = await send(JSON.stringify(body));
    expect(answer).toMatchObject({ status: 400, body: { code: 'INVALID_ARGUMENT' } });
    const { errors } = answer.body as { errors?: { pointer: string }[] };
    if (pointer !== '') expect(errors?.map((error) => error.pointer)).toContain(pointer);
  });

  it.each<[string, object, string, string]>([
    [
      'an endpoint of 600 characters',
      { ...manifest, endpoint: `https://app.example.com/${'x'.repeat(580)}` },
      '/endpoint',
      'must have up to 500 characters',
    ],
    [
      'a tier that ends at 0',
      priced({ model: 'graduated', tiers: tiers('0', null) }),
      '/plans/0/prices/0/tiers/0/upTo',
      'must be a whole number above 0 as a decimal string of up to 18 digits, such as "1000"',
    ],
    [
      'included units in exponents',
      priced({ unitPrice: '1', includedUnits: '1e3' }),
      '/plans/0/prices/0/includedUnits',
      'must be a whole number as a decimal string of up to 18 digits, such as "1000"',
    ],
    [
      "a plan's id in capitals",
      planWith({ id: 'BASIC' }),
      '/plans/0/id',
      'must be 1 to 39 of a-z, 0-9 and "-", not at the beginning',
    ],
  ])('says in words what is wrong with %s', async (_, body, pointer, detail) => {
    const { body: problem } = await send(JSON.stringify(body));
    expect(problem).toMatchObject({ errors: [{ pointer, detail }] });
  });

  it('is refused beyond a megabyte', async () => {
    const large = { ...manifest, description: 'x'.repeat(1024 * 1024) };
    expect(await send(JSON.stringify(large))).toMatchObject({ status: 413 });
  });

  it('is told to be too long in one field just below it', async () => {
    const large = { ...manifest, description: 'x'.repeat(1000 * 1000) };
    expect(await send(JSON.stringify(large))).toMatchObject({
      ...{ status: 400, body: { errors: [{ pointer: '/description', detail: expect.any(String) }] } },
    });
  });
});
