/** Longest time in which slices that are called back are given back. */
const mostMs = 2000;

/** Wallets whose slices are called back because another one lacked tokens. */
export class RecalledWallets {
  /** By wallet: holds that are still to come back, and the time until which they may. */
  private readonly wallets = new Map<string, { readonly holds: Set<string>; until: number }>();

  /** Slices of a wallet are called back. */
  recalled(walletId: string, holdIds: readonly string[], now: number): void {
    this.sweep(now);
    const { holds } = this.wallets.get(walletId) ?? { holds: new Set<string>() };
    for (const holdId of holdIds) holds.add(holdId);
    this.wallets.set(walletId, { holds, until: now + mostMs });
  }

  /** A hold of a wallet gave its tokens back. */
  released(walletId: string, holdId: string): void {
    const wallet = this.wallets.get(walletId);
    wallet?.holds.delete(holdId);
    if (wallet?.holds.size === 0) this.wallets.delete(walletId);
  }

  /** True while tokens of the wallet are still to come back. */
  isAwaited(walletId: string, now: number): boolean {
    const wallet = this.wallets.get(walletId);
    return wallet !== undefined && now < wallet.until;
  }

  private sweep(now: number): void {
    for (const [walletId, { until }] of this.wallets) if (now >= until) this.wallets.delete(walletId);
  }
}
