import { walletIdOf } from '@tokengrid/contracts';
import type { Facts } from '@tokengrid/metering/rate-card/facts';

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

/** The rate card: one model, at one price. */
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
  apps: new Map(),
  pricesKnownUntil: Infinity,
  subscriptions: new Map(),
};
