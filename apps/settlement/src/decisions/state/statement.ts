import type { EventsOf, SettlementEvent, statementEvents } from '@tokengrid/contracts';
import type { Aggregate } from '@tokengrid/kernel';

/**
 * What of a statement has arrived where it belongs, by wallet lane it came from. What it owes is
 * the book's to know.
 */
export interface PaidStatement {
  readonly paid: ReadonlyMap<number, bigint>;
}

function evolve(statement: PaidStatement, event: EventsOf<typeof statementEvents>): PaidStatement {
  switch (event.type) {
    case 'StatementPaid':
      return { paid: new Map(statement.paid).set(event.data.walletLane, event.data.tokens) };
  }
}

/** Streams named by `statementId`. */
export const statement: Aggregate<PaidStatement, SettlementEvent> = {
  name: 'statement',
  stateVersion: 1,
  initial: { paid: new Map() },
  evolve,
};
