import { Inject, Injectable } from '@nestjs/common';
import type { MeteringEvent } from '@tokengrid/contracts';
import { type Command, EventStore, type Outcome, type Streams } from '@tokengrid/event-store';
import type { Decide } from '@tokengrid/kernel';
import { type Report, report } from '../decisions/state/report.ts';

/** The streams of reports that came with an idempotency key, `rpt_…`. */
@Injectable()
export class Reports {
  private readonly streams: Streams<Report, MeteringEvent, undefined>;

  constructor(@Inject(EventStore) store: EventStore<MeteringEvent, undefined>) {
    this.streams = store.streams(report);
  }

  handle<Data>(decide: Decide<Report, Data, MeteringEvent>, command: Command<Data>): Promise<Outcome<MeteringEvent>> {
    return this.streams.handle(decide, command);
  }
}
