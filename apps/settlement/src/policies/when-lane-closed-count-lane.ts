import { Controller } from '@nestjs/common';
import type { EventOf, LaneClosed } from '@tokengrid/contracts';
import { settlementCatalogue } from '@tokengrid/contracts';
import { Policy, type Reaction } from '@tokengrid/event-bus';
import type { Recorded } from '@tokengrid/kernel';
import { Books } from '../streams/books.ts';
import { bookStreamId } from '../decisions/state/book.ts';
import { countLane, type CountLane } from '../decisions/periods/count-lane.ts';

type Closed = Recorded<EventOf<typeof LaneClosed>>;

@Controller()
export class WhenLaneClosedCountLane {
  constructor(private readonly books: Books) {}

  /** Adds a lane's totals to its period; the last lane makes the statements. */
  @Policy({ name: 'when-lane-closed-count-lane', from: settlementCatalogue, on: ['LaneClosed'] })
  countLane(event: Closed, reaction: Reaction) {
    return this.books.handle(countLane, reaction.to(bookStreamId, countOf(event)));
  }
}

/** Command for a lane's report. */
function countOf({ lane, data }: Closed): CountLane {
  return { ...data, lane };
}
