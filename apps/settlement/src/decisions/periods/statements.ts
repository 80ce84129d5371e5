import { derivedId, type EscrowShare, type EventOf, type StatementMade } from '@tokengrid/contracts';
import type { Day } from '../state/days.ts';
import { listed, type Totals } from '../state/totals.ts';

/** A party's statement in the form of `StatementMade`. */
export type Statement = EventOf<typeof StatementMade>['data'];

/** The closing period: a day and its zone. */
export type OfPeriod = Pick<Statement, 'period' | 'timeZone'>;

/**
 * Statements of a period: one per party that earned in it, by party id. Each pays the sum of its
 * lines, and all of them together the escrow of the period, because both sides are sums of the same
 * shares.
 */
export function statementsOf({ period, timeZone }: OfPeriod, totals: Totals): Statement[] {
  const { earned, escrow } = listed(totals);
  const payer = new EscrowPayer(escrow);
  const byParty = Map.groupBy(earned, ({ partyId }) => partyId);
  return [...byParty].map(([partyId, lines]): Statement => {
    const tokens = lines.reduce((sum, line) => sum + line.tokens, 0n);
    const statementId = statementIdOf(period, partyId);
    return { statementId, period, timeZone, partyId, lines, tokens, payFrom: payer.pay(tokens) };
  });
}

/** Id of a party's statement, of which there is one per period. */
export function statementIdOf(period: Day, partyId: string): string {
  return derivedId('stm', period, partyId);
}

/**
 * Pays statements one after another out of the wallet lanes' escrow, lane after lane, so that each
 * statement takes from few lanes.
 */
class EscrowPayer {
  private next = 0;
  private left = 0n;

  constructor(private readonly escrow: readonly EscrowShare[]) {
    this.left = escrow[0]?.tokens ?? 0n;
  }

  pay(tokens: bigint): EscrowShare[] {
    const parts: EscrowShare[] = [];
    for (let due = tokens; due > 0n;) {
      if (this.left === 0n) this.left = this.escrow[++this.next]!.tokens;
      const part = due < this.left ? due : this.left;
      parts.push({ walletLane: this.escrow[this.next]!.walletLane, tokens: part });
      due -= part;
      this.left -= part;
    }
    return parts;
  }
}
