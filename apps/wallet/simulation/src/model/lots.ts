/**
 * Tokens in a wallet or under a hold, as the reference model keeps them: unordered, each with
 * everything that its order depends on.
 */
export interface ModelLot {
  id: string;
  source: string;
  tokens: bigint;
  priority: number;
  /** Epoch milliseconds; infinite for tokens without an expiry. */
  ends: number;
  sellable: boolean;
  /** Rank among equals: the lower burns first. */
  rank: number;
  /** Terms of a voucher; absent for tokens for any use. */
  voucher?: ModelVoucher | undefined;
  /** The plan that granted it. */
  planId?: string | undefined;
}

/** A voucher's terms and funder. */
export interface ModelVoucher {
  readonly funder: string;
  readonly apps?: readonly string[];
  readonly models?: readonly string[];
  readonly shareBps: number;
  readonly capPerUse?: bigint;
}

/** Tokens of a lot, in the form of events. */
export interface Taken {
  readonly lotId: string;
  readonly tokens: bigint;
  readonly expiresAt?: string;
}

/**
 * rules/tokens.md "Burn order": lower priority, then the sooner expiry, none last, then
 * non-transferable before transferable, then the oldest.
 */
export function burnOrder(lots: readonly ModelLot[]): ModelLot[] {
  return [...lots].sort(
    (a, b) =>
      a.priority - b.priority ||
      (a.ends === b.ends ? 0 : a.ends - b.ends) ||
      Number(a.sellable) - Number(b.sellable) ||
      a.rank - b.rank,
  );
}

export const totalOf = (lots: readonly ModelLot[]): bigint => lots.reduce((sum, { tokens }) => sum + tokens, 0n);

/** Lots for any use. */
export const ordinary = (lots: readonly ModelLot[]): ModelLot[] => lots.filter(({ voucher }) => !voucher);

const whatIsOrdinary = (lot: ModelLot): bigint => (lot.voucher ? 0n : lot.tokens);

/**
 * Burns tokens in burn order, of each lot at most its allowed part. Returns them as lots of their
 * own; empty lots are removed.
 */
export function burn(lots: ModelLot[], tokens: bigint, mayGive = whatIsOrdinary): ModelLot[] {
  const taken: ModelLot[] = [];
  let missing = tokens;
  for (const lot of burnOrder(lots)) {
    if (missing === 0n) break;
    const most = mayGive(lot);
    const part = most > missing ? missing : most;
    if (part === 0n) continue;
    lot.tokens -= part;
    missing -= part;
    taken.push({ ...lot, tokens: part });
  }
  if (missing !== 0n) throw new Error(`the model is short of ${missing} µAIT`);
  for (let index = lots.length - 1; index >= 0; index--) if (lots[index]!.tokens === 0n) lots.splice(index, 1);
  return taken;
}

/** Adds a lot, merged with one of the same id. */
export function put(lots: ModelLot[], lot: ModelLot): void {
  const there = lots.find(({ id }) => id === lot.id);
  if (there) there.tokens += lot.tokens;
  else lots.push({ ...lot });
}

export const iso = (time: number): string => new Date(time).toISOString();
export const isoOrNull = (time: number): string | null => (time === Infinity ? null : iso(time));
export const timeOf = (instant: string | null): number => (instant === null ? Infinity : Date.parse(instant));

/** Terms of a lot, in the form of events. */
export interface LotTerms {
  readonly lotId: string;
  readonly source: string;
  readonly priority: number;
  readonly expiresAt: string | null;
  readonly transferable: boolean;
  readonly voucher?: ModelVoucher;
}

/** rules/uses.md "Its event states the terms of the lots that it takes from". */
export const termsOf = ({ id: lotId, source, priority, ends, sellable, voucher }: ModelLot): LotTerms => ({
  ...{ lotId, source, priority, expiresAt: isoOrNull(ends), transferable: sellable },
  ...(voucher && { voucher }),
});

export const named = (lots: readonly ModelLot[]): Taken[] =>
  lots.map(({ id, tokens, ends }) =>
    ends === Infinity ? { lotId: id, tokens } : { lotId: id, tokens, expiresAt: iso(ends) },
  );
