/** Where a key comes from: whose successor it is, and which key asked for it. */
export interface KeyOrigin {
  readonly keyId: string;
  readonly succeeds: string | null;
  readonly mintedBy: string | null;
}

/** Whose a key is, and what it goes back to. */
export interface Lineage {
  /**
   * The person whose key it is, named by the first key of its rotations, then the persons whose keys it was got with, up to the first:
   * who holds a key holds its successors.
   */
  readonly people: readonly string[];
  /** The key itself, then all keys that it goes back to, then the successors of all these: what caps one of them caps the key. */
  readonly line: readonly string[];
}

/** A key about whose origin nothing is known goes back to nothing. */
export const withoutOrigin = (keyId: string): Lineage => ({ people: [keyId], line: [keyId] });

/** The origins of keys, those of all that they go back to, and those of their successors. */
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

  /** What a key goes back to: its rotations first, then what the key that asked for it goes back to, and so on. */
  lineageOf(keyId: string): Lineage {
    const line = new Set<string>();
    this.goBack(keyId, line);
    const people = [...new Set([...line].map((key) => this.firstOf(key)))];
    // A set is walked to its end, what is added meanwhile too: successors have successors.
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
