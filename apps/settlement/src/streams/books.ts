import { Inject, Injectable } from '@nestjs/common';
import type { SettlementEvent } from '@tokengrid/contracts';
import { type Command, EventStore, type Outcome, type Streams } from '@tokengrid/event-store';
import type { Decide } from '@tokengrid/kernel';
import { type Book, book } from '../decisions/state/book.ts';

/** The one stream `book`. */
@Injectable()
export class Books {
  private readonly streams: Streams<Book, SettlementEvent, undefined>;

  constructor(@Inject(EventStore) store: EventStore<SettlementEvent, undefined>) {
    this.streams = store.streams(book);
  }

  handle<Data>(decide: Decide<Book, Data, SettlementEvent>, command: Command<Data>): Promise<Outcome<SettlementEvent>> {
    return this.streams.handle(decide, command);
  }
}
