import {
  derivedId,
  type Earned,
  type EscrowShare,
  type EventOf,
  operatorPartyId,
  type StatementMade,
  type StatementPart,
} from '@tokengrid/contracts';
import type { Day } from '../state/days.ts';
import { listed, type Totals } from '../state/totals.ts';

/** A party's statement in the form of `StatementMade`. */
export type Statement = EventOf<typeof StatementMade>['data'];

/** The closing period: a day and its zone. */
export type OfPeriod = Pick<Statement, 'period' | 'timeZone'>;

/**
 * Statements of a period: one per party that earned in it, by party id. Each pays the sum of its
 * lines, and all of them together the escrow of the period, because both sides are sums of the same
 * shares. Nobody is below 0 but the operator, whose fees then go to the escrow that lacks them:
 * others are paid from there after that.
 */
export function statementsOf({ period, timeZone }: OfPeriod, totals: Totals): Statement[] {
  const { earned, escrow } = listed(totals);
  const byParty = Map.groupBy(earned, ({ partyId }) => partyId);
  const due = (lines: readonly Earned[]) => lines.reduce((sum, line) => sum + line.tokens, 0n);
  const others = [...byParty].reduce((sum, [partyId, lines]) => (isOperator(partyId) ? sum : sum + due(lines)), 0n);
  const { lanes, filled, rest, first } = filledUp(escrow, others);
  const payer = new EscrowPayer(lanes);
  const filledBy = statementIdOf(period, operatorPartyId);
  const afterFilling = (part: EscrowShare): StatementPart => (part.walletLane === first ? { ...part, filledBy } : part);
  return [...byParty].map(([partyId, lines]): Statement => {
    const tokens = due(lines);
    const statementId = statementIdOf(period, partyId);
    const payFrom = isOperator(partyId) ? [...filled, ...payer.pay(rest)] : payer.pay(tokens).map(afterFilling);
    return { statementId, period, timeZone, partyId, lines, tokens, payFrom };
  });
}

const isOperator = (partyId: string): boolean => partyId === operatorPartyId;

/** Escrow that the operator's fees have filled up. */
interface FilledUp {
  /** The lanes, none of them below 0. */
  readonly lanes: readonly EscrowShare[];
  /** Payments out of the fees, as negative ones of the operator's statement. */
  readonly filled: readonly EscrowShare[];
  /** Rest, for the operator. */
  readonly rest: bigint;
  /** Lane that pays others more than its charges brought: once it is filled. */
  readonly first?: number;
}

/**
 * Fills lanes that are below 0, and one lane with what all of them lack of the others' earnings.
 */
function filledUp(escrow: readonly EscrowShare[], others: bigint): FilledUp {
  const filled = new Map(
    escrow.filter(({ tokens }) => tokens < 0n).map(({ walletLane, tokens }) => [walletLane, tokens]),
  );
  const lanes = new Map(escrow.map(({ walletLane, tokens }) => [walletLane, tokens > 0n ? tokens : 0n]));
  const rest = [...lanes.values()].reduce((sum, tokens) => sum + tokens, 0n) - others;
  // Without escrow in any lane, the first one there is.
  const [first = 0] = lanes.keys();
  if (rest < 0n) {
    filled.set(first, (filled.get(first) ?? 0n) + rest);
    lanes.set(first, (lanes.get(first) ?? 0n) - rest);
  }
  return {
    lanes: Array.from(lanes, ([walletLane, tokens]) => ({ walletLane, tokens })).filter(({ tokens }) => tokens > 0n),
    filled: Array.from(filled, ([walletLane, tokens]) => ({ walletLane, tokens })),
    rest: rest > 0n ? rest : 0n,
    ...(rest < 0n && { first }),
  };
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
