import { beforeAll, expect, it } from '@jest/globals';
import type { Answer } from './client.ts';
import { eventually, expectProblem } from './expectations.ts';
import { manifest, publishApp } from './market.ts';
import { availableTo, buy, type Party, registerOrganization, registerSubscriber } from './parties.ts';
import type { Tokengrid } from './tokengrid.ts';

interface Charge {
  readonly source: string;
  readonly tokens: string;
  readonly status: string;
}

/** Fees of subscriptions, from the registry through metering to the wallet and back. */
export function subscriptions(grid: () => Tokengrid): void {
  const registry = () => grid().at('app-registry');
  let developer: Party;
  let appId: string;
  beforeAll(async () => {
    developer = await registerOrganization(grid(), 'developer');
    const fees = { monthlyFee: '3100', seatFee: '1000', trialDays: 1, prices: [] };
    const plans = [{ id: 'team', name: 'Team', ...fees }];
    ({ appId } = await publishApp(grid(), developer, manifest({ plans })));
  });

  const subscribe = async (who: Party, seats: number) => {
    const { status, body } = await registry().post(`/v1/apps/${appId}/subscriptions`, who.key, {
      planId: 'team',
      seats,
    });
    expect({ status, body }).toMatchObject({ status: 201, body: { seats, status: 'active' } });
    return `/v1/subscriptions/${String(body['subscriptionId'])}`;
  };
  const hasBecome =
    (status: string) =>
    ({ body }: Answer): boolean =>
      body['status'] === status;
  const becomes = (who: Party, path: string, status: string) =>
    eventually(() => registry().get(path, who.key), hasBecome(status));
  const fees = (data: unknown) =>
    (data as Charge[])
      .filter(({ source }) => source === 'tokengrid:subscription')
      .map(({ tokens, status }) => ({ tokens, status }));
  const charged = async (who: Party, ...expected: readonly (readonly [tokens: string, status: string])[]) => {
    const { body } = await eventually(
      () => grid().at('metering').get(`/v1/charges?party=${who.partyId}`, who.key),
      (answer) =>
        answer.status === 200 &&
        expected.every(([tokens, status]) =>
          fees(answer.body['data']).some((fee) => fee.tokens === tokens && fee.status === status),
        ),
    );
    expect(fees(body['data'])).toHaveLength(expected.length);
  };

  it('are charged from the end of the trial on, and each added seat at once', async () => {
    const lin = await registerSubscriber(grid());
    await buy(grid(), lin, 10_000n);
    const path = await subscribe(lin, 2);
    const { body } = await registry().get(path, lin.key);
    expect(body).toMatchObject({ status: 'active', seats: 2 });
    // The month, less a second of it: not half a µAIT.
    await charged(lin, ['5100', 'billed']);
    expect(await availableTo(grid(), lin)).toBe(4_900n);
    const more = await registry().put(`${path}/seats`, lin.key, { seats: 3 });
    expect(more).toMatchObject({ status: 200, body: { seats: 3, fee: '1000', credit: '0' } });
    await charged(lin, ['5100', 'billed'], ['1000', 'billed']);
    expect(await availableTo(grid(), lin)).toBe(3_900n);
    const fewer = await registry().put(`${path}/seats`, lin.key, { seats: 1 });
    expect(fewer).toMatchObject({ status: 200, body: { seats: 1, fee: '0', credit: '2000' } });
    expect(await becomes(lin, path, 'active')).toMatchObject({ body: { credit: '2000' } });
  });

  it('that the wallet refuses are paid within the time of grace, or end the subscription', async () => {
    const [poor, late] = await Promise.all([registerSubscriber(grid()), registerSubscriber(grid())]);
    const [ofPoor, ofLate] = await Promise.all([subscribe(poor, 1), subscribe(late, 1)]);
    const paying = async () => {
      await becomes(late, ofLate, 'unpaid');
      await buy(grid(), late, 10_000n);
      await charged(late, ['4100', 'billed']);
      await becomes(late, ofLate, 'active');
    };
    const ending = async () => {
      const unpaid = await becomes(poor, ofPoor, 'unpaid');
      expect(Date.parse(String(unpaid.body['graceUntil']))).toBeGreaterThan(Date.now());
      await charged(poor, ['4100', 'uncollected']);
      const seats = await registry().put(`${ofPoor}/seats`, poor.key, { seats: 2 });
      expectProblem(seats, 409, 'APP_REGISTRY.FEE_UNPAID');
      const ended = await becomes(poor, ofPoor, 'ended');
      expect(Date.parse(String(ended.body['until']))).toBeGreaterThanOrEqual(
        Date.parse(String(unpaid.body['graceUntil'])),
      );
    };
    await Promise.all([paying(), ending()]);
    expect((await registry().get(ofLate, late.key)).body).toMatchObject({ status: 'active', until: null });
  });
}
