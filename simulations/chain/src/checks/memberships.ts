import { ensure } from '@tokengrid/simulation-kit';

/** Wallet of a party. */
const ownWallet = (partyId: string): string => `wal_${partyId.slice(partyId.indexOf('_') + 1)}`;

/**
 * Who was a member of which wallet, and since when. A party's uses are charged to the wallet that
 * it shares, else to its own. A use that was rated before a membership changed may go either way:
 * whichever was found first.
 */
export class Memberships {
  private changes = 0;
  private readonly ratedAt = new Map<string, number>();
  /** By party: the wallet that it joined last, and when. */
  private readonly joined = new Map<string, { readonly walletId: string; readonly at: number }>();
  private readonly ever = new Map<string, Set<string>>();

  rated(eventId: string): void {
    this.ratedAt.set(eventId, this.changes);
  }

  join(memberId: string, walletId: string): void {
    this.changes += 1;
    if (this.joined.get(memberId)?.walletId !== walletId) this.joined.set(memberId, { walletId, at: this.changes });
    this.ever.set(memberId, (this.ever.get(memberId) ?? new Set()).add(walletId));
  }

  leave(memberId: string, walletId: string): void {
    this.changes += 1;
    if (this.joined.get(memberId)?.walletId === walletId) this.joined.delete(memberId);
  }

  /** Wallets that a party is a member of. */
  walletsOf(partyId: string): readonly string[] {
    const joined = this.joined.get(partyId);
    return joined ? [joined.walletId] : [];
  }

  /** @throws Violation unless a wallet may be charged for what a party used */
  check(ratedBy: string, partyId: string, walletId: string, what: string): void {
    const ever = this.ever.get(partyId) ?? new Set<string>();
    const joined = this.joined.get(partyId);
    const isSure = joined !== undefined && joined.at <= this.ratedAt.get(ratedBy)!;
    const may = isSure ? [joined.walletId] : [ownWallet(partyId), ...ever];
    ensure(may.includes(walletId), () => `${what} charges ${walletId} for ${partyId}, and not ${may.join(' or ')}`);
  }
}
