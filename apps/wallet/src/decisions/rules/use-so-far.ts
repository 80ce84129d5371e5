import type { EventOf, ReturnedCharge, WalletCharged } from '@tokengrid/contracts';
import { sumOf, type WalletLot } from '../state/lots.ts';
import { type Paid, type PaidCharge, returnedOf } from './returned-charges.ts';
import { type StatedUse, statedOf } from './stated-uses.ts';

/** What a wallet has to do with a use so far. */
export interface UseSoFar extends Paid {
  /** Number of its last correction; 0: of none; undefined: the wallet does not know the use. */
  readonly number: number | undefined;
  /** True once anything was charged for it, though all of it may have gone back since. */
  readonly wasCharged: boolean;
  /** What was refused last, and waits. */
  readonly waiting?: StatedUse | undefined;
}

/** A use as looked up, and the mark of its last event. */
export interface KnownUse extends UseSoFar {
  /** Value of the look-up by {@link useKeyOf}; by another value, this is outdated. */
  readonly mark: string | undefined;
}

/** Key of a use in the look-up: the suffix of its id. */
export const useKeyOf = (usageId: string): string => usageId.slice('usg_'.length);

/** Mark of a use whose last event has this sequence. */
export const useMark = (sequence: number): string => String(sequence);

export const unknownUse: KnownUse = {
  ...{ mark: undefined, number: undefined, wasCharged: false, charges: [], terms: new Map() },
};

type Charged = EventOf<typeof WalletCharged>['data'];

/** A use after one of the wallet's events about it. */
export function afterCharged(before: UseSoFar, usageId: string, data: Charged): UseSoFar {
  const isIt = (use: { readonly usageId: string }) => use.usageId === usageId;
  const terms = new Map([...before.terms, ...data.lotTerms.map((each) => [each.lotId, each] as const)]);
  const charged = data.uses.find(isIt);
  if (charged) {
    const { number = 0, memberIds, lots } = charged;
    const charges = [...before.charges, { day: data.day, memberIds, lots }];
    return { number, wasCharged: true, charges, waiting: undefined, terms };
  }
  const refused = data.refused.find(isIt);
  if (refused) return { ...before, number: refused.number ?? 0, waiting: statedOf(refused) };
  const refunded = data.refunded.find(isIt);
  if (!refunded) return before;
  // What a use gives back of its period was charged for others.
  const charges = refunded.countsIn ? before.charges : refunded.returned.reduce(lessReturned, before.charges);
  const { wasCharged } = before;
  return { number: refunded.number ?? 0, wasCharged, charges, waiting: undefined, terms };
}

/** The last of the charges goes back first. */
function lessReturned(charges: readonly PaidCharge[], { lots }: ReturnedCharge): readonly PaidCharge[] {
  const last = charges.at(-1)!;
  const back = new Map(lots.map(({ lotId, tokens }) => [lotId, tokens]));
  const left = last.lots
    .map((lot) => ({ ...lot, tokens: lot.tokens - (back.get(lot.lotId) ?? 0n) }))
    .filter(({ tokens }) => tokens > 0n);
  const before = charges.slice(0, -1);
  return left.length === 0 ? before : [...before, { ...last, lots: left }];
}

/**
 * What goes back of the charges for a use, by {@link returnedOf}.
 * @throws Error for more than was charged for this very use
 */
export function partsBack(
  paid: UseSoFar,
  use: Pick<StatedUse, 'usageId' | 'app' | 'model'>,
  tokens: bigint,
  held: readonly WalletLot[],
): ReturnedCharge[] {
  const returned = returnedOf(paid, tokens, held, { use });
  const left = returned.reduce((rest, { lots }) => rest - sumOf(lots), tokens);
  if (left > 0n) throw new Error(`${tokens} µAIT are to go back for ${use.usageId}, ${left} more than it was charged`);
  return returned;
}
