import {
  derivedId,
  type Earned,
  type EscrowShare,
  type EventOf,
  operatorPartyId,
  splitByLargestRemainder,
  type StatementMade,
} from '@tokengrid/contracts';
import type { Day } from '../state/days.ts';
import { listed, type Totals } from '../state/totals.ts';

/** A party's statement, as it goes into `StatementMade`. */
export type Statement = EventOf<typeof StatementMade>['data'];

/** The period that is closing: a day, and of which zone. */
export type OfPeriod = Pick<Statement, 'period' | 'timeZone'>;

interface Account {
  readonly partyId: string;
  readonly lines: Earned[];
  readonly carriedIn: bigint;
  /** Lines + carriedIn. */
  readonly due: bigint;
}

/**
 * One statement per party that earned in the period, or is owed from before and gets something of
 * it now.
 *
 * What is paid is always exactly what lies in escrow for the period. Each party but the operator is
 * due its lines and what was carried to it. Who owes gets nothing and carries the debt on. Who is
 * due something gets it before the operator: the operator gets what is left of the escrow, so it is
 * the first to advance what others owe, and carries the advance on as owed to it. Where the escrow
 * does not even cover the others, it is split among them by what they are due (largest remainder),
 * the operator gets nothing, and each carries on what is still owed to it. So all carries together
 * are zero, always.
 * @param carries what earlier statements left, by party; they sum to zero
 */
export function statementsOf(
  { period, timeZone }: OfPeriod,
  totals: Totals,
  carries: ReadonlyMap<string, bigint>,
): Statement[] {
  const { earned, escrow } = listed(totals);
  const accounts = accountsOf(earned, carries);
  const paid = paymentsOf(
    accounts,
    escrow.reduce((sum, share) => sum + share.tokens, 0n),
  );
  const payer = new EscrowPayer(escrow);
  return accounts
    .map(({ partyId, lines, carriedIn, due }): Statement => {
      const tokens = paid.get(partyId) ?? 0n;
      const statementId = statementIdOf(period, partyId);
      return {
        statementId,
        period,
        timeZone,
        partyId,
        lines,
        carriedIn,
        carriedOut: due - tokens,
        tokens,
        payFrom: payer.pay(tokens),
      };
    })
    .filter(({ lines, tokens }) => lines.length > 0 || tokens > 0n);
}

/** A party has one statement per period, so its id follows from the two. */
export function statementIdOf(period: Day, partyId: string): string {
  return derivedId('stm', period, partyId);
}

/** Every party that earned or has a carry, by party id: the order in which escrow is paid out. */
function accountsOf(earned: readonly Earned[], carries: ReadonlyMap<string, bigint>): Account[] {
  const parties = new Set([operatorPartyId, ...earned.map(({ partyId }) => partyId), ...carries.keys()]);
  const lines = Map.groupBy(earned, ({ partyId }) => partyId);
  return [...parties].sort().map((partyId) => {
    const own = lines.get(partyId) ?? [];
    const carriedIn = carries.get(partyId) ?? 0n;
    return { partyId, lines: own, carriedIn, due: own.reduce((sum, line) => sum + line.tokens, carriedIn) };
  });
}

/** What each party is paid. The payments sum to `escrow`. */
function paymentsOf(accounts: readonly Account[], escrow: bigint): ReadonlyMap<string, bigint> {
  const owed = accounts.filter(({ partyId, due }) => partyId !== operatorPartyId && due > 0n);
  const wanted = owed.reduce((sum, { due }) => sum + due, 0n);
  if (wanted <= escrow) {
    return new Map([...owed.map(({ partyId, due }) => [partyId, due] as const), [operatorPartyId, escrow - wanted]]);
  }
  const parts = splitByLargestRemainder(
    escrow,
    owed.map(({ due }) => due),
  );
  return new Map(owed.map(({ partyId }, index) => [partyId, parts[index]!]));
}

/**
 * Pays statement after statement out of the wallet lanes' escrow, lane after lane, so that each
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
    for (let owed = tokens; owed > 0n;) {
      if (this.left === 0n) this.left = this.escrow[++this.next]!.tokens;
      const part = owed < this.left ? owed : this.left;
      parts.push({ walletLane: this.escrow[this.next]!.walletLane, tokens: part });
      owed -= part;
      this.left -= part;
    }
    return parts;
  }
}
