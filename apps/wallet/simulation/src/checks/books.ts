import type { Posting } from '@tokengrid/contracts';
import { ensure } from '@tokengrid/simulation-kit';
import type { Accounts } from '../model/books.ts';

/** Books made of the events' own postings, for comparison with the model's accounts. */
export class Books {
  private readonly amounts = new Map<string, bigint>();
  private readonly sums = new Map<string, bigint>();

  of(account: string): bigint {
    return this.amounts.get(account) ?? 0n;
  }

  /** Sum over all accounts that end with this word. */
  sum(word: string): bigint {
    return this.sums.get(word) ?? 0n;
  }

  /** µAIT in the world, as the operator sees them. */
  get outstanding(): bigint {
    return -this.sum('issuance') - this.sum('redeemed') - this.sum('expired');
  }

  /**
   * Books an event's postings.
   * @throws Violation unless they sum to zero per asset and touch only this lane's accounts and
   * this wallet's
   */
  book(type: string, postings: readonly Posting[], lane: number, streamId: string): ReadonlySet<string> {
    const assets = new Map<string, bigint>();
    for (const { account, asset, amount } of postings) {
      const own = account.startsWith(`lane:${lane}:`) || account.startsWith(`wallet:${streamId}:`);
      ensure(own, () => `${type} in lane ${lane} posts to ${account}`);
      assets.set(asset, (assets.get(asset) ?? 0n) + amount);
      this.amounts.set(account, this.of(account) + amount);
      const word = account.slice(account.lastIndexOf(':') + 1);
      this.sums.set(word, this.sum(word) + amount);
    }
    for (const [asset, sum] of assets) ensure(sum === 0n, () => `the postings of ${type} leave ${sum} ${asset}`);
    return new Set(postings.map(({ account }) => account));
  }

  /** @throws Violation for a balance other than that of the model's account */
  compare(accounts: Accounts, touched: Iterable<string>): void {
    for (const account of touched) {
      const [booked, meant] = [this.of(account), accounts.of(account)];
      ensure(booked === meant, () => `${account} holds ${booked}, and has to hold ${meant}`);
      const mayBeNegative = /:(issuance|in-transit|bill|sales|debt)$/.test(account);
      ensure(booked >= 0n || mayBeNegative, () => `${account} holds ${booked}`);
    }
    const { outstanding } = this;
    const words = ['available', 'held', 'in-transit', 'escrow', 'fees'];
    const somewhere = words.reduce((sum, word) => sum + this.sum(word), 0n);
    ensure(outstanding === somewhere, () => `${outstanding} µAIT are outstanding, and ${somewhere} are somewhere`);
  }
}
