import { expect, it } from '@jest/globals';
import { eventually } from './expectations.ts';
import { manifest, publishApp } from './market.ts';
import { buy, registerOrganization, registerSubscriber, unique } from './parties.ts';
import type { Tokengrid } from './tokengrid.ts';

type Units = Readonly<Record<string, string>>;

const meter = (name: string, aggregation: string) => ({ name, unit: 'unit', aggregation });
const meters = [
  ...[meter('questions', 'sum'), meter('pages', 'sum'), meter('calls', 'count')],
  ...[meter('peak', 'max'), meter('storage', 'latest')],
];
const tiers = [
  { upTo: '10', unitPrice: '3.25' },
  { upTo: null, unitPrice: '2' },
];
const plans = [
  {
    ...{ id: 'all', name: 'All', minimumCharge: '10', maximumCharge: '700' },
    prices: [
      { meter: 'questions', model: 'volume', tiers },
      { meter: 'pages', model: 'package', unitPrice: '90', includedUnits: '100' },
      { meter: 'calls', model: 'per-unit', unitPrice: '1.5' },
      { meter: 'peak', model: 'graduated', includedUnits: '2', tiers },
      { meter: 'storage', model: 'per-unit', unitPrice: '7.000001' },
    ],
  },
];
/** Uses one after the other: the third makes all questions cheaper, the last meets the maximum. */
const uses: readonly Units[] = [
  { questions: '10', pages: '0.5', peak: '7.5', storage: '30' },
  { calls: '1', pages: '250', peak: '3' },
  { questions: '1', storage: '1.5' },
  { calls: '5', storage: '500', questions: '0.000001' },
];
/** Quantities of the month before each of them. */
const used: readonly Units[] = [
  {},
  { questions: '10', pages: '0.5', peak: '7.5', storage: '30' },
  { questions: '10', pages: '250.5', calls: '1', peak: '7.5', storage: '30' },
  { questions: '11', pages: '250.5', calls: '1', peak: '7.5', storage: '1.5' },
];

/** Quotes, the catalogue and charges, of prices that count over a month. */
export function quotes(grid: () => Tokengrid): void {
  const registry = () => grid().at('app-registry');

  it('of each use are what is charged for it, and of the first what the catalogue shows', async () => {
    const [developer, payer] = await Promise.all([
      registerOrganization(grid(), 'developer'),
      registerSubscriber(grid()),
    ]);
    await buy(grid(), payer, 10_000n);
    const { slug, appId } = await publishApp(grid(), developer, manifest({ meters, plans }));
    const path = `/v1/apps/${appId}/subscriptions`;
    expect(await registry().post(path, payer.key, { planId: 'all' })).toMatchObject({ status: 201 });
    const source = unique('/quotes');
    const [quoted, charged]: [string[], string[]] = [[], []];
    for (const [index, units] of uses.entries()) {
      const asked = { app: slug, plan: 'all', units, used: used[index] };
      const { body } = await registry().post('/v1/quotes', undefined, asked);
      quoted.push(String(body['tokens']));
      charged.push(await chargeOf({ slug, source, id: String(index), units, payer }));
    }
    expect(charged).toEqual(quoted);
    // 33 + 90 + 18 + 210; 180 + 2; less 11 and 199; then up to the maximum.
    expect(quoted).toEqual(['351', '182', '-210', '377']);
    const typical = Object.entries(uses[0]!).map((each) => each.join(':'));
    const { body } = await registry().get(`/v1/catalog?q=${slug}&units=${typical.join()}`);
    expect(body).toMatchObject({ data: [{ slug, plans: [{ id: 'all', cost: quoted[0] }] }] });
  });

  /** Reports a use, and waits for its charge. */
  async function chargeOf({ slug, source, id, units, payer }: Reported): Promise<string> {
    const event = { specversion: '1.0', type: 'tokengrid.usage', source, id, subject: payer.partyId };
    const timed = { ...event, time: new Date().toISOString(), data: { app: slug, units } };
    const options = { contentType: 'application/cloudevents+json' };
    const report = await grid().at('metering').post('/v1/events', grid().operatorKey, timed, options);
    expect(report).toMatchObject({ status: 202, body: { accepted: 1 } });
    const list = `/v1/charges?party=${payer.partyId}&source=${encodeURIComponent(source)}`;
    const charges = (data: unknown) =>
      (data as { eventId: string; tokens: string }[]).filter((each) => each.eventId === id);
    const { body } = await eventually(
      () => grid().at('metering').get(list, payer.key),
      (answer) => answer.status === 200 && charges(answer.body['data']).length === 1,
    );
    return charges(body['data'])[0]!.tokens;
  }
}

interface Reported {
  readonly slug: string;
  readonly source: string;
  readonly id: string;
  readonly units: Units;
  readonly payer: { readonly partyId: string; readonly key: string };
}
