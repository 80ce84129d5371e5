import { randomUUID } from 'node:crypto';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { eventually, expectInvalid, expectProblem, hasStatus } from './expectations.ts';
import { type Market, modelOffer, openMarket } from './market.ts';
import { buy, registerOrganization, registerSubscriber, unique } from './parties.ts';
import type { Tokengrid } from './tokengrid.ts';

const single = 'application/cloudevents+json';
const batch = 'application/cloudevents-batch+json';

interface Charge {
  readonly eventId: string;
  readonly tokens: string;
  readonly priceVersion: string;
  readonly status: string;
}

/** Usage, accepted and rated once each. */
export function metering(grid: () => Tokengrid): void {
  const at = () => grid().at('metering');
  const source = `/e2e/${unique('meter')}`;
  let market: Market;
  beforeAll(async () => {
    market = await openMarket(grid());
    await buy(grid(), market.subscriber, 1_000_000n);
  });

  const use = (changes: object = {}) => ({
    specversion: '1.0',
    type: 'tokengrid.usage',
    source,
    id: randomUUID(),
    subject: market.subscriber.partyId,
    time: new Date().toISOString(),
    data: { model: market.model, units: { input_tokens: 100, output_tokens: 10 } },
    ...changes,
  });
  const report = (body: unknown, contentType = single, key = grid().operatorKey) =>
    at().post('/v1/events', key, body, { contentType });
  const charged = async (...eventIds: string[]) => {
    const path = `/v1/charges?party=${market.subscriber.partyId}&limit=1000`;
    const mine = (data: unknown) => (data as Charge[]).filter(({ eventId }) => eventIds.includes(eventId));
    const { body } = await eventually(
      () => at().get(path, market.subscriber.key),
      (answer) =>
        answer.status === 200 &&
        mine(answer.body['data']).filter(({ status }) => status === 'billed').length === eventIds.length,
    );
    return mine(body['data']);
  };

  it('takes a use in each of the three content modes, and charges it at the posted price', async () => {
    const [alone, first, second, bare] = [use(), use(), use(), use()];
    expect((await report(alone)).body).toEqual({ accepted: 1, duplicates: 0, rejected: [] });
    expect((await report([first, second], batch)).body).toEqual({ accepted: 2, duplicates: 0, rejected: [] });
    const { data, ...attributes } = bare;
    const headers = Object.fromEntries(Object.entries(attributes).map(([name, value]) => [`ce-${name}`, value]));
    const binary = await at().post('/v1/events', grid().operatorKey, data, { headers });
    expect({ status: binary.status, body: binary.body }).toMatchObject({ status: 202, body: { accepted: 1 } });
    const charges = await charged(alone.id, first.id, second.id, bare.id);
    expect(charges.map(({ tokens }) => tokens)).toEqual(['190', '190', '190', '190']);
  });

  it('charges what the registry quotes for the same use, of a model and of an app', async () => {
    const { model, slug } = market;
    const units = { input_tokens: '3', output_tokens: '1' };
    const tried: [quoted: object, data: object, tokens: string][] = [
      [{ model, units }, { model, units }, '9'],
      [{ app: slug, plan: 'payg', units }, { app: slug, units }, '8'],
    ];
    for (const [quoted, data, tokens] of tried) {
      const quote = await grid().at('app-registry').post('/v1/quotes', market.subscriber.key, quoted);
      const event = use({ data });
      expect((await report(event)).body).toMatchObject({ accepted: 1 });
      const [charge] = await charged(event.id);
      expect([quote.body['tokens'], charge!.tokens]).toEqual([tokens, tokens]);
      expect(quote.body['priceVersion']).toBe(charge!.priceVersion);
    }
  });

  it('charges the developer what a model costs beyond the price of its app, once', async () => {
    const { developer, subscriber, slug, model } = market;
    await buy(grid(), developer, 1_000_000n);
    const data = { app: slug, model, units: { input_tokens: 10, output_tokens: 100 } };
    const [one, other] = [use({ data }), use({ data })];
    expect((await report([one, other, one], batch)).body).toEqual({ accepted: 2, duplicates: 1, rejected: [] });
    expect((await charged(one.id, other.id)).map(({ tokens }) => tokens)).toEqual(['25', '25']);
    // The model costs 10 × 1.5 + 100 × 4. Of 25 the operator has 3 and the provider 22.
    const subsidies = (answer: unknown) => (answer as Charge[]).filter(({ tokens }) => tokens === '393');
    const { body } = await eventually(
      () => at().get(`/v1/charges?party=${developer.partyId}`, developer.key),
      (answer) => subsidies(answer.body['data']).filter(({ status }) => status === 'billed').length === 2,
    );
    expect(subsidies(body['data'])).toHaveLength(2);
    expectProblem(await at().get(`/v1/charges?party=${developer.partyId}`, subscriber.key), 404, 'NOT_FOUND');
  });

  it('takes a repeat for one, also at the same time, and charges it once', async () => {
    const event = use();
    const answers = await Promise.all(Array.from({ length: 10 }, () => report(event)));
    const accepted = answers.map(({ body }) => Number(body['accepted']));
    expect(accepted.reduce((sum, each) => sum + each, 0)).toBe(1);
    expect((await report(event)).body).toEqual({ accepted: 0, duplicates: 1, rejected: [] });
    expect(await charged(event.id)).toHaveLength(1);
  });

  it('refuses an event that is none, and says where', async () => {
    for (const attribute of ['id', 'source', 'specversion', 'type', 'subject', 'data']) {
      expectInvalid(await report(use({ [attribute]: undefined })), `/${attribute}`);
    }
    expectInvalid(await report(use({ id: '' })), '/id');
    expectInvalid(await report(use({ id: 'x'.repeat(10_000) })), '/id');
    expectInvalid(await report(use({ time: 'yesterday' })), '/time');
    expectInvalid(await report(use({ subject: 'nobody' })), '/subject');
    for (const units of [{}, { input_tokens: -1 }, { input_tokens: 1.5 }, { input_tokens: 1e300 }]) {
      expectInvalid(await report(use({ data: { model: market.model, units } })));
    }
    expectInvalid(await report(use(), 'application/json'));
    expectProblem(await report(use(), 'text/plain'), 415, 'UNSUPPORTED_MEDIA_TYPE');
  });

  it('takes the good events of a batch and names the bad ones', async () => {
    const good = use();
    const { status, body } = await report([good, use({ id: undefined }), 5, good, use({ time: 'x' })], batch);
    expect(status).toBe(202);
    expect(body).toMatchObject({ accepted: 1, duplicates: 1 });
    expect((body['rejected'] as { index: number }[]).map(({ index }) => index)).toEqual([1, 2, 4]);
  });

  describe('who may report', () => {
    it('is the operator for everyone, and a developer for its own app and those who are subscribed to it', async () => {
      const { developer, subscriber, slug, provider } = market;
      const ofApp = { data: { app: slug, units: { input_tokens: 10 } } };
      await eventually(() => report(use(ofApp), single, developer.key), hasStatus(202));
      expectProblem(await report(use(ofApp), single, subscriber.key), 403, 'PERMISSION_DENIED');
      expectProblem(await report(use(), single, developer.key), 403, 'PERMISSION_DENIED');
      // It waits for a subscription.
      const other = { ...ofApp, subject: provider.partyId };
      expect(await report(use(other), single, developer.key)).toMatchObject({ status: 202, body: { accepted: 1 } });
      const stranger = await registerOrganization(grid(), 'developer');
      const refused = await eventually(() => report(use(ofApp), single, stranger.key), hasStatus(403));
      expectProblem(refused, 403, 'PERMISSION_DENIED');
    });
  });

  it('parks the use of what it does not know yet, and charges it when that arrives', async () => {
    const name = unique('later');
    const event = use({ data: { model: name, units: { input_tokens: 2 } } });
    expect((await report(event)).body).toMatchObject({ accepted: 1 });
    const parked = () => at().get('/v1/parked?limit=1000', grid().operatorKey);
    await eventually(parked, ({ body }) => JSON.stringify(body).includes(name));
    await grid().at('app-registry').post('/v1/models', market.provider.key, modelOffer(name));
    expect((await charged(event.id))[0]).toMatchObject({ tokens: '3' });
    await eventually(parked, ({ body }) => !JSON.stringify(body).includes(name));
  });

  it('raises an alert on usage once at each percentage, by whichever process looks, and tells so in the topic', async () => {
    const { key, partyId } = await registerSubscriber(grid());
    const terms = { measure: 'tokens', window: 'month', threshold: { budget: '1000', percents: [50, 100] } };
    const alert = await at().put('/v1/usage-alerts/monthly', key, terms);
    expect({ status: alert.status, body: alert.body }).toMatchObject({
      status: 200,
      body: { party: partyId, version: 1 },
    });
    expectInvalid(await at().put('/v1/usage-alerts/monthly', key, { ...terms, measure: 'units' }), '/meter');
    const raised = (count: number) =>
      eventually(
        () => at().get('/v1/raised-usage-alerts', key),
        ({ body }) => (body['data'] as unknown[]).length === count,
      );
    // Three uses come to 570 µAIT, six to 1,140.
    const uses = () => Array.from({ length: 3 }, () => use({ subject: partyId }));
    const first = uses();
    expect((await report(first, batch)).body).toMatchObject({ accepted: 3 });
    await raised(1);
    expect((await report([...first, ...uses()], batch)).body).toMatchObject({ accepted: 3, duplicates: 3 });
    const { body } = await raised(2);
    expect(body['data']).toMatchObject([
      { name: 'monthly', value: '570', threshold: { budget: '1000', percent: 50 } },
      { name: 'monthly', value: '1140', threshold: { budget: '1000', percent: 100 } },
    ]);
    const topic = ['--service', 'metering', '--from-topic'];
    const { stdout } = await grid().tokengrid('stream', `alerts-${partyId}`, ...topic);
    expect(stdout.match(/UsageAlert\w+/g)).toEqual(['UsageAlertSet', 'UsageAlertRaised', 'UsageAlertRaised']);
    const strangers = await at().get(`/v1/raised-usage-alerts?owner=${partyId}`, market.subscriber.key);
    expectProblem(strangers, 404, 'NOT_FOUND');
  });

  it('shows usage and charges to whom they belong', async () => {
    const { developer, subscriber } = market;
    for (const list of ['usage', 'charges']) {
      expect((await at().get(`/v1/${list}?party=${subscriber.partyId}`, subscriber.key)).status).toBe(200);
      expectProblem(await at().get(`/v1/${list}?party=${developer.partyId}`, subscriber.key), 404, 'NOT_FOUND');
      expectInvalid(await at().get(`/v1/${list}?from=x`, subscriber.key), '/from');
      expectInvalid(await at().get(`/v1/${list}?colour=red`, subscriber.key), '/colour');
    }
  });
}
