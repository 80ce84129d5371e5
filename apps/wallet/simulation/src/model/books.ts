/** Accounts of the reference model: balances by name. */
export class Accounts {
  private readonly amounts = new Map<string, bigint>();
  /** Accounts changed since the last {@link takeMoved}. */
  private moved = new Set<string>();
  /** Sums over all wallets and lanes: `available`, `escrow` … */
  private readonly sums = new Map<string, bigint>();

  of(account: string): bigint {
    return this.amounts.get(account) ?? 0n;
  }

  /** Sum over all accounts that end with this word. */
  sum(word: string): bigint {
    return this.sums.get(word) ?? 0n;
  }

  move(amount: bigint, from: string, to: string): void {
    this.add(from, -amount);
    this.add(to, amount);
  }

  private add(account: string, amount: bigint): void {
    if (amount === 0n) return;
    this.amounts.set(account, this.of(account) + amount);
    const word = account.slice(account.lastIndexOf(':') + 1);
    this.sums.set(word, this.sum(word) + amount);
    this.moved.add(account);
  }

  takeMoved(): ReadonlySet<string> {
    const { moved } = this;
    this.moved = new Set();
    return moved;
  }

  /** Tokens in the world by their flows: issued minus redeemed minus expired. */
  get outstanding(): bigint {
    return -this.sum('issuance') - this.sum('redeemed') - this.sum('expired');
  }

  /** Tokens in the world by their places. */
  get somewhere(): bigint {
    return ['available', 'held', 'in-transit', 'escrow', 'fees'].reduce((sum, word) => sum + this.sum(word), 0n);
  }
}
