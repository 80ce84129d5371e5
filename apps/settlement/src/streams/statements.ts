import { Inject, Injectable } from '@nestjs/common';
import type { SettlementEvent } from '@tokengrid/contracts';
import { type Command, EventStore, type Outcome, type Streams } from '@tokengrid/event-store';
import type { Decide } from '@tokengrid/kernel';
import { type PaidStatement, statement } from '../decisions/state/statement.ts';

/** The streams of statements, `stm_…`. */
@Injectable()
export class Statements {
  private readonly streams: Streams<PaidStatement, SettlementEvent, undefined>;

  constructor(@Inject(EventStore) store: EventStore<SettlementEvent, undefined>) {
    this.streams = store.streams(statement);
  }

  handle<Data>(
    decide: Decide<PaidStatement, Data, SettlementEvent>,
    command: Command<Data>,
  ): Promise<Outcome<SettlementEvent>> {
    return this.streams.handle(decide, command);
  }
}
