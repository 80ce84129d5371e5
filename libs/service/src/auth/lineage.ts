import type { KeyBudget, KeyLimits } from '@tokengrid/contracts';

/** Origin of a key: the key that it succeeds, and the key that requested it. */
export interface KeyOrigin {
  readonly keyId: string;
  readonly succeeds: string | null;
  readonly mintedBy: string | null;
  /** Limits of its uses per minute and at once; absent: none. */
  readonly limits?: KeyLimits | null;
  /** Its budget, with amounts as decimal strings; absent: none of its own. */
  readonly budget?: { readonly [Window in keyof KeyBudget]: string } | null;
}

/** A key with a budget of its own. */
export interface BudgetedKey {
  readonly keyId: string;
  readonly budget: KeyBudget;
}

/** Limits of a person: those of its keys, which it has together. */
interface PersonLimits {
  readonly person: string;
  readonly limits: KeyLimits;
}

/** Owner and ancestors of a key. */
export interface Lineage {
  /**
   * The key's person, named by the first key of its rotations, then the persons whose keys
   * requested it, up to the first: the holder of a key holds its successors.
   */
  readonly people: readonly string[];
  /**
   * The key itself, its ancestors, then the successors of all these: a cap on one of them caps the
   * key.
   */
  readonly line: readonly string[];
  /** The people that have limits, all of which bind the key. */
  readonly limited: readonly PersonLimits[];
  /** The keys that have budgets, all of which bind the key. */
  readonly budgeted: readonly BudgetedKey[];
}

/** Lineage of a key of unknown origin: itself alone. */
export const withoutOrigin = (keyId: string): Lineage => ({
  people: [keyId],
  line: [keyId],
  limited: [],
  budgeted: [],
});

/** Origins of keys, of their ancestors, and of the ancestors' successors. */
export class KeyOrigins {
  private readonly byKey = new Map<string, KeyOrigin>();
  private readonly successors = new Map<string, string[]>();

  constructor(origins: Iterable<KeyOrigin>) {
    for (const origin of origins) {
      const { keyId, succeeds } = origin;
      this.byKey.set(keyId, origin);
      if (succeeds !== null) this.successors.set(succeeds, [...(this.successors.get(succeeds) ?? []), keyId]);
    }
  }

  /** Ancestors of a key: its rotations first, then the ancestors of the key that requested it. */
  lineageOf(keyId: string): Lineage {
    const line = new Set<string>();
    this.goBack(keyId, line);
    const people = [...new Set([...line].map((key) => this.firstOf(key)))];
    const limited = people.flatMap((person) => {
      const limits = this.byKey.get(person)?.limits;
      return limits ? [{ person, limits }] : [];
    });
    // Iterating over a set also visits the members added meanwhile: successors have successors.
    for (const key of line) for (const successor of this.successors.get(key) ?? []) line.add(successor);
    return { people, line: [...line], limited, budgeted: this.budgetedOf(line) };
  }

  private budgetedOf(line: ReadonlySet<string>): readonly BudgetedKey[] {
    return [...line].flatMap((keyId) => {
      const budget = this.byKey.get(keyId)?.budget;
      return budget ? [{ keyId, budget: amountsOf(budget) }] : [];
    });
  }

  private goBack(keyId: string, into: Set<string>): void {
    if (into.has(keyId)) return;
    into.add(keyId);
    const { succeeds = null, mintedBy = null } = this.byKey.get(keyId) ?? {};
    if (succeeds !== null) this.goBack(succeeds, into);
    if (mintedBy !== null) this.goBack(mintedBy, into);
  }

  private firstOf(keyId: string): string {
    const before = this.byKey.get(keyId)?.succeeds ?? null;
    return before === null ? keyId : this.firstOf(before);
  }
}

const amountsOf = (budget: object): KeyBudget =>
  Object.fromEntries(Object.entries(budget).map(([window, tokens]) => [window, BigInt(tokens as string)]));
