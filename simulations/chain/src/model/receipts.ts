/** Tokens that a charge took from a wallet. */
export interface Payment {
  readonly walletId: string;
  readonly lots: readonly (readonly [lotId: string, tokens: bigint])[];
  /** Day for which it counts as spent, and members for whom. */
  readonly day: string;
  readonly memberIds: readonly string[];
}

/** Reduced spending: its day and its spender. */
export interface Unspent {
  readonly day: string;
  readonly memberIds: readonly string[];
  readonly tokens: bigint;
}

/**
 * What a use has taken from which lots by now. What comes back comes into these, and never more
 * than was taken. The designs name no order among the lots, so any is right.
 */
export class Receipt {
  private readonly taken = new Map<string, bigint>();
  private readonly spent: { day: string; memberIds: readonly string[]; tokens: bigint }[] = [];
  walletId: string | undefined;

  get total(): bigint {
    return [...this.taken.values()].reduce((sum, tokens) => sum + tokens, 0n);
  }

  takenFrom(lotId: string): bigint {
    return this.taken.get(lotId) ?? 0n;
  }

  pay({ walletId, lots, day, memberIds }: Payment): void {
    this.walletId = walletId;
    for (const [lotId, tokens] of lots) this.taken.set(lotId, this.takenFrom(lotId) + tokens);
    this.spent.push({ day, memberIds, tokens: lots.reduce((sum, [, tokens]) => sum + tokens, 0n) });
  }

  /**
   * Tokens come back: those that were spent last first, so that what is left was spent first.
   *
   * @param lots the lots that they were taken from
   * @returns by day and members, what was spent less
   * @throws RangeError for more than was taken from a lot
   */
  giveBack(lots: Payment['lots']): readonly Unspent[] {
    for (const [lotId, tokens] of lots) {
      const left = this.takenFrom(lotId) - tokens;
      if (left < 0n) throw new RangeError(`${tokens} of ${lotId}, from which ${this.takenFrom(lotId)} were taken`);
      this.taken.set(lotId, left);
    }
    return this.unspend(lots.reduce((sum, [, tokens]) => sum + tokens, 0n));
  }

  private unspend(tokens: bigint): readonly Unspent[] {
    const less: Unspent[] = [];
    for (let left = tokens; left > 0n;) {
      const last = this.spent.at(-1)!;
      const part = left < last.tokens ? left : last.tokens;
      if (part > 0n) less.push({ day: last.day, memberIds: last.memberIds, tokens: part });
      last.tokens -= part;
      left -= part;
      if (last.tokens === 0n) this.spent.pop();
    }
    return less;
  }
}
