import { each } from '../trace/api-client.ts';
import { type Market, type Member, planId, type Stage, walletOf } from './market.ts';

const subscriberCount = 200;
const concurrency = 16;

/**
 * Amount that everybody buys, and the smaller one of every tenth subscriber: too little for its
 * use.
 */
const plenty = 5_000_000n;
const little = 100_000n;

/** True for a subscriber that runs out of tokens. */
export const isPoor = (index: number): boolean => index % 10 === 9;

/** µAIT bought by a subscriber. */
export const boughtBy = (index: number): bigint => (isPoor(index) ? little : plenty);

/** Unused phone numbers: a block per run, from its start in milliseconds. */
const msisdnOf = (startedAt: number, index: number) =>
  `+999${String(startedAt % 10_000_000_000)
    .padStart(10, '0')
    .slice(0, 8)}${String(index).padStart(3, '0')}`;

export function registerSubscribers(stage: Stage, startedAt: number): Promise<Member[]> {
  return each(Array.from({ length: subscriberCount }), concurrency, async (_, index) => {
    const { subscriberId, apiKey } = await stage.identity.call<{ subscriberId: string; apiKey: { secret: string } }>({
      method: 'POST',
      path: '/v1/subscribers',
      key: stage.operatorKey,
      body: { msisdn: msisdnOf(startedAt, index), name: `Subscriber ${index + 1}` },
    });
    return { partyId: subscriberId, key: apiKey.secret, walletId: await walletOf(stage, subscriberId) };
  });
}

/** Everybody buys tokens on the phone bill and subscribes to the apps. Returns the µAIT bought. */
export async function buyAndSubscribe(stage: Stage, market: Market, subscribers: readonly Member[]): Promise<bigint> {
  const buy = (member: Member, tokens: bigint) =>
    stage.wallet.call({
      method: 'POST',
      path: `/v1/wallets/${member.walletId}/purchases`,
      key: member.key,
      body: { tokens: String(tokens), method: 'carrier-bill' },
    });
  await each(subscribers, concurrency, async (member, index) => {
    await buy(member, boughtBy(index));
    for (const { appId } of market.apps) {
      await stage.registry.call({
        method: 'POST',
        path: `/v1/apps/${appId}/subscriptions`,
        key: member.key,
        body: { planId },
      });
    }
  });
  for (const developer of market.developers) await buy(developer, developerBuys);
  return subscribers.reduce((sum, _, index) => sum + boughtBy(index), 0n) + developerBuys * 2n;
}

export const developerBuys = 20_000_000n;
export const soldBack = 3_000_000n;
export const sentEach = 250_000n;
/** Number of subscribers that are sent welcome tokens. */
export const welcomed = 10;

/** The trader sells some back; the maker sends some to the first subscribers. */
export async function trade(stage: Stage, market: Market, subscribers: readonly Member[]): Promise<void> {
  const [maker, trader] = market.developers;
  await stage.wallet.call({
    method: 'POST',
    path: `/v1/wallets/${trader.walletId}/sales`,
    key: trader.key,
    body: { tokens: String(soldBack) },
  });
  await each(subscribers.slice(0, welcomed), concurrency, (member) =>
    stage.wallet.call({
      method: 'POST',
      path: `/v1/wallets/${maker.walletId}/transfers`,
      key: maker.key,
      body: { toWalletId: member.walletId, tokens: String(sentEach), memo: 'welcome' },
    }),
  );
}
