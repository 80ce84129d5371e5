import type { bookEvents, EventsOf, SettlementEvent } from '@tokengrid/contracts';
import type { Aggregate } from '@tokengrid/kernel';
import type { Day } from './days.ts';
import { noTotals, type Totals, withLane } from './totals.ts';

/** A period whose lanes are being counted. */
interface Counting {
  readonly lanes: ReadonlySet<number>;
  readonly totals: Totals;
}

/** The book: periods being counted. */
export interface Book {
  readonly counting: ReadonlyMap<Day, Counting>;
}

function evolve(book: Book, event: EventsOf<typeof bookEvents>): Book {
  switch (event.type) {
    case 'LaneCounted': {
      const { period, lane } = event.data;
      const { lanes, totals } = book.counting.get(period) ?? { lanes: new Set<number>(), totals: noTotals };
      const counted = { lanes: new Set(lanes).add(lane), totals: withLane(totals, event.data) };
      return { counting: new Map(book.counting).set(period, counted) };
    }
    case 'StatementMade':
      return book;
    case 'PeriodClosed': {
      const counting = new Map(book.counting);
      counting.delete(event.data.period);
      return { counting };
    }
  }
}

/** The one stream {@link bookStreamId}. */
export const book: Aggregate<Book, SettlementEvent> = {
  name: 'book',
  stateVersion: 1,
  initial: { counting: new Map() },
  evolve,
};

/** The stream of the book. */
export const bookStreamId = 'book';
