import { walletIdOf } from '@tokengrid/contracts';
import { type Facts, subscriptionKey } from '@tokengrid/metering/rate-card/facts';
import { app, appFacts, subscriptionOf } from './plan.ts';

const id = (prefix: string, digit: string) => `${prefix}_${digit.repeat(26)}`;

/** An owner of a wallet with a member and a capped key, the member, and a party of its own. */
export const [owner, member, alone] = [id('org', '1'), id('sub', '2'), id('sub', '3')] as const;
export const cappedKey = id('key', '4');
export const payers = [owner, member, alone] as const;

/** Wallets that a payer pays from. */
export const walletsOf = (partyId: string): string[] => (partyId === member ? [walletIdOf(owner)] : []);
export const wallets = [walletIdOf(owner), walletIdOf(alone)] as const;

/** µAIT of one input token. */
export const unitPrice = 3n;
export const model = 'qwen';

/** The rate card: one model at one price, and an app with a plan that counts over months. */
export const facts: Facts = {
  parties: new Set(payers),
  keys: new Map([[cappedKey, owner]]),
  models: new Map([
    [
      model,
      [
        {
          ...{ offer: id('mod', '5'), providerId: id('org', '6'), pauses: [] },
          prices: [
            {
              ...{ version: 1, operatorBps: 1000, effectiveFrom: 0 },
              prices: [{ meter: 'input_tokens', unitPrice: String(unitPrice) }],
            },
          ],
        },
      ],
    ],
  ]),
  apps: new Map([[app, appFacts]]),
  pricesKnownUntil: Infinity,
  subscriptions: new Map(
    payers.map((partyId, index) => [
      subscriptionKey(app, partyId),
      [subscriptionOf(String(index + 1), 15_000 + 20_000 * index)],
    ]),
  ),
};
