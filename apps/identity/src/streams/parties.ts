import { Inject, Injectable } from '@nestjs/common';
import type { IdentityEvent } from '@tokengrid/contracts';
import { type Command, EventStore, type Outcome, type Streams } from '@tokengrid/event-store';
import type { Decide } from '@tokengrid/kernel';
import { type Party, party } from '../decisions/state/party.ts';

/** The parties' streams, `org_…` and `sub_…`. */
@Injectable()
export class Parties {
  private readonly streams: Streams<Party, IdentityEvent, undefined>;

  constructor(@Inject(EventStore) store: EventStore<IdentityEvent, undefined>) {
    this.streams = store.streams(party);
  }

  handle<Data>(decide: Decide<Party, Data, IdentityEvent>, command: Command<Data>): Promise<Outcome<IdentityEvent>> {
    return this.streams.handle(decide, command);
  }

  load(partyId: string): Promise<Party> {
    return this.streams.load(partyId);
  }
}
