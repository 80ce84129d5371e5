import type { EventsOf, SettlementEvent, statementEvents } from '@tokengrid/contracts';
import type { Aggregate } from '@tokengrid/kernel';

/** Payments received for a statement, by wallet lane. The book knows the amount owed. */
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
