import type { EventOf, WalletCharged } from '@tokengrid/contracts';
import type { Recorded } from '@tokengrid/kernel';
import { same } from '@tokengrid/simulation-kit';
import type { ModelWallet } from '../model/wallets.ts';

type ChargedEvent = Recorded<EventOf<typeof WalletCharged>>;

/** @throws Violation unless an event's sums, postings and terms of lots are those of its uses */
export function compareSums({ id, data, lane }: ChargedEvent, wallet: ModelWallet): void {
  const [tokens, givenBack] = [sumOf(data.uses), sumOf(data.refunded)];
  same(() => `the sums charged and refunded by ${id}`, [data.tokens, data.givenBack], [tokens, givenBack]);
  const sums = new Map<string, bigint>();
  for (const { account, amount } of data.postings) sums.set(account, (sums.get(account) ?? 0n) + amount);
  const moved = tokens - givenBack;
  const meant = [`lane:${lane}:escrow ${moved}`, `wallet:${data.walletId}:available ${-moved}`];
  same(
    () => `the postings of ${id}`,
    Array.from(sums, ([account, amount]) => `${account} ${amount}`)
      .filter((each) => !each.endsWith(' 0'))
      .sort(),
    moved === 0n ? [] : meant,
  );
  const lots = [
    ...data.uses.flatMap((use) => use.lots),
    ...data.refunded.flatMap((use) => use.returned).flatMap((each) => each.lots),
  ];
  same(
    () => `the lots whose terms ${id} states`,
    data.lotTerms.map(({ lotId }) => lotId).sort(),
    [...new Set(lots.map(({ lotId }) => lotId))].sort(),
  );
  for (const { lotId, priority, expiresAt, transferable, source } of data.lotTerms) {
    const terms = wallet.lots.termsOf(lotId);
    same(
      () => `the terms of ${lotId} in ${id}`,
      [priority, expiresAt && Date.parse(expiresAt), transferable, source],
      [terms?.priority, terms?.expiresAt ?? null, terms?.transferable, terms?.source],
    );
  }
}

const sumOf = (items: readonly { readonly tokens: bigint }[]): bigint =>
  items.reduce((sum, { tokens }) => sum + tokens, 0n);
