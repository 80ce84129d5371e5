import { Inject, Injectable } from '@nestjs/common';
import type { SettlementEvent } from '@tokengrid/contracts';
import { type Command, EventStore, type Outcome, type Streams } from '@tokengrid/event-store';
import type { Decide } from '@tokengrid/kernel';
import { type Period, period } from '../decisions/state/period.ts';

/** The streams of periods, `period-…`. */
@Injectable()
export class Periods {
  private readonly streams: Streams<Period, SettlementEvent, undefined>;

  constructor(@Inject(EventStore) store: EventStore<SettlementEvent, undefined>) {
    this.streams = store.streams(period);
  }

  handle<Data>(
    decide: Decide<Period, Data, SettlementEvent>,
    command: Command<Data>,
  ): Promise<Outcome<SettlementEvent>> {
    return this.streams.handle(decide, command);
  }
}
