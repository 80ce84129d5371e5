import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { HoldsRecalled, instantOf, SliceReturned, SliceWanted, UsesServed, walletIdOf } from '@tokengrid/contracts';
import { newId } from '@tokengrid/service';
import { type Market, openMarket } from '../testing/market.ts';

describe('uses that a gateway served', () => {
  let market: Market;

  beforeAll(async () => {
    market = await openMarket();
  });
  afterAll(() => market.metering.close());

  /** A slice at a process of the gateway, which this spec stands in for. */
  function sliceOf(partyId: string) {
    const { gateway } = market.metering;
    const of = { sliceId: newId('slc'), partyId, gatewayId: 'gateway-1', epoch: 1 };
    const say = (event: Parameters<typeof gateway.say>[1]) => gateway.say(`edge-${partyId}`, event);
    const scope = [{ model: 'qwen' }];
    const use = (eventId: string, tokens: number) => ({
      ...{ eventId, time: instantOf(market.usedAt), model: 'qwen' },
      units: { input_tokens: String(tokens) },
    });
    return {
      ...of,
      want: (number: number) => say(SliceWanted({ ...of, number, scope, tokens: 1000n, atLeast: 10n, spare: 0n })),
      serve: (report: number, ...uses: readonly [eventId: string, tokens: number][]) =>
        say(UsesServed({ ...of, report, uses: uses.map((each) => use(...each)) })),
      giveBack: (reports: number) => say(SliceReturned({ ...of, reports, reason: 'idle' })),
    };
  }

  /** Charges of a process of the gateway, by the ids of their uses. */
  async function served(): Promise<Record<string, unknown>> {
    const { body } = await market.metering.get(market.subscriber, '/v1/charges?limit=1000');
    const ofGateway = (body.data ?? []).filter(({ source }) => source === '/gateways/gateway-1');
    return Object.fromEntries(ofGateway.map(({ eventId, tokens }) => [eventId, tokens]));
  }

  it('are rated once for each report, however often it is told, and after the end of the slice too', async () => {
    const slice = sliceOf(market.subscriber.partyId);
    await slice.want(1);
    await slice.serve(1, ['request-1', 30], ['request-2', 0]);
    await slice.serve(1, ['request-1', 30], ['request-2', 0]);
    await slice.serve(2, ['request-3', 5], ['request-1', 30]);
    const wallet = walletIdOf(slice.partyId);
    const slices = [{ sliceId: slice.sliceId, partyId: slice.partyId }];
    await market.metering.wallet.say(wallet, HoldsRecalled({ walletId: wallet, reason: 'frozen', slices }));
    await slice.want(2);
    await slice.giveBack(2);
    await slice.serve(3, ['request-4', 1]);
    const expected = { 'request-1': '60', 'request-2': '0', 'request-3': '10', 'request-4': '2' };
    await market.metering.until(async () => Object.keys(await served()).length === 4);
    expect(await served()).toEqual(expected);
  });
});
