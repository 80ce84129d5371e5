import type { bookEvents, EventsOf, SettlementEvent } from '@tokengrid/contracts';
import type { Aggregate } from '@tokengrid/kernel';
import type { Day } from './days.ts';
import { noTotals, type Totals, withLane } from './totals.ts';

/** A period whose lanes are being counted. */
interface Counting {
  readonly lanes: ReadonlySet<number>;
  readonly totals: Totals;
}

/**
 * The book: periods being counted, and the parties' carries. One stream for all periods, so that
 * concurrent closings make their statements one after another, and every carry is used once.
 */
export interface Book {
  readonly counting: ReadonlyMap<Day, Counting>;
  /**
   * µAIT by party, never zero: negative if the party owes, positive if it is owed. They sum to
   * zero.
   */
  readonly carries: ReadonlyMap<string, bigint>;
}

function evolve(book: Book, event: EventsOf<typeof bookEvents>): Book {
  switch (event.type) {
    case 'LaneCounted': {
      const { period, lane } = event.data;
      const { lanes, totals } = book.counting.get(period) ?? { lanes: new Set<number>(), totals: noTotals };
      const counted = { lanes: new Set(lanes).add(lane), totals: withLane(totals, event.data) };
      return { ...book, counting: new Map(book.counting).set(period, counted) };
    }
    case 'StatementMade': {
      const { partyId, carriedOut } = event.data;
      const carries = new Map(book.carries);
      if (carriedOut === 0n) carries.delete(partyId);
      else carries.set(partyId, carriedOut);
      return { ...book, carries };
    }
    case 'PeriodClosed': {
      const counting = new Map(book.counting);
      counting.delete(event.data.period);
      return { ...book, counting };
    }
  }
}

/** The one stream {@link bookStreamId}. */
export const book: Aggregate<Book, SettlementEvent> = {
  name: 'book',
  stateVersion: 1,
  initial: { counting: new Map(), carries: new Map() },
  evolve,
};

/** The stream of the book. */
export const bookStreamId = 'book';
