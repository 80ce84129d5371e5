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

/** A party's statement in the form of `StatementMade`. */
export type Statement = EventOf<typeof StatementMade>['data'];

/** The closing period: a day and its zone. */
export type OfPeriod = Pick<Statement, 'period' | 'timeZone'>;

interface Account {
  readonly partyId: string;
  readonly lines: Earned[];
  readonly carriedIn: bigint;
  /** Lines + carriedIn. */
  readonly due: bigint;
}

/**
 * Statements of a period: one per party that earned in it, or is paid from before.
 *
 * The payments always equal the escrow of the period. Each party but the operator is due its lines
 * and its carry. A party in debt is paid nothing, and its debt is carried on. The others are paid
 * before the operator, which gets the rest of the escrow: it advances the debts of others, and
 * carries the advance on as owed to it.
 *
 * If the escrow does not cover the others, it is split among them by largest remainder of their
 * dues, the operator gets nothing, and each carries on the rest. So all carries always sum to zero.
 * @param carries carries of earlier statements, by party; they sum to zero
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

/** Id of a party's statement, of which there is one per period. */
export function statementIdOf(period: Day, partyId: string): string {
  return derivedId('stm', period, partyId);
}

/** Every party with earnings or a carry, by party id: the order of paying out escrow. */
function accountsOf(earned: readonly Earned[], carries: ReadonlyMap<string, bigint>): Account[] {
  const parties = new Set([operatorPartyId, ...earned.map(({ partyId }) => partyId), ...carries.keys()]);
  const lines = Map.groupBy(earned, ({ partyId }) => partyId);
  return [...parties].sort().map((partyId) => {
    const own = lines.get(partyId) ?? [];
    const carriedIn = carries.get(partyId) ?? 0n;
    return { partyId, lines: own, carriedIn, due: own.reduce((sum, line) => sum + line.tokens, carriedIn) };
  });
}

/** Payment of each party. The payments sum to `escrow`. */
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
