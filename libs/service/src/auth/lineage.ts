/** Origin of a key: the key that it succeeds, and the key that requested it. */
export interface KeyOrigin {
  readonly keyId: string;
  readonly succeeds: string | null;
  readonly mintedBy: string | null;
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
}

/** Lineage of a key of unknown origin: itself alone. */
export const withoutOrigin = (keyId: string): Lineage => ({ people: [keyId], line: [keyId] });

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
    // Iterating over a set also visits the members added meanwhile: successors have successors.
    for (const key of line) for (const successor of this.successors.get(key) ?? []) line.add(successor);
    return { people, line: [...line] };
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
