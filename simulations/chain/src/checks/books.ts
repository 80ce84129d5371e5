import type { Posting } from '@tokengrid/contracts';
import { ensure } from '@tokengrid/simulation-kit';

/** The wallet's books, as the postings of its events make them. */
export class Books {
  private readonly amounts = new Map<string, bigint>();
  private readonly credits = new Map<string, bigint>();

  of(account: string): bigint {
    return this.amounts.get(account) ?? 0n;
  }

  /** All that ever came into an account. */
  creditOf(account: string): bigint {
    return this.credits.get(account) ?? 0n;
  }

  /** Sum of all accounts whose last word this is. */
  sum(word: string): bigint {
    return [...this.amounts].reduce(
      (sum, [account, amount]) => (account.endsWith(`:${word}`) ? sum + amount : sum),
      0n,
    );
  }

  /**
   * Escrow and fees of a lane may be below zero: until the operator bears what refunds took out.
   *
   * @throws Violation unless an event's postings sum to zero, and leave no wallet less than nothing
   */
  book(what: string, postings: readonly Posting[]): void {
    const assets = new Map<string, bigint>();
    for (const { account, asset, amount } of postings) {
      assets.set(asset, (assets.get(asset) ?? 0n) + amount);
      this.amounts.set(account, this.of(account) + amount);
      if (amount > 0n) this.credits.set(account, this.creditOf(account) + amount);
    }
    for (const [asset, sum] of assets) ensure(sum === 0n, () => `the postings of ${what} leave ${sum} ${asset}`);
    for (const { account } of postings) {
      const mayOwe = !/:(available|held)$/.test(account);
      ensure(mayOwe || this.of(account) >= 0n, () => `${what} leaves ${this.of(account)} in ${account}`);
    }
  }
}
