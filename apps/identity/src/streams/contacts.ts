import { Inject, Injectable } from '@nestjs/common';
import type { IdentityEvent } from '@tokengrid/contracts';
import { type Command, EventStore, type Outcome, type Streams } from '@tokengrid/event-store';
import type { Decide } from '@tokengrid/kernel';
import { type Contact, contact } from '../decisions/state/contact.ts';

/** The contacts' streams, `contact-…`. */
@Injectable()
export class Contacts {
  private readonly streams: Streams<Contact, IdentityEvent, undefined>;

  constructor(@Inject(EventStore) store: EventStore<IdentityEvent, undefined>) {
    this.streams = store.streams(contact);
  }

  handle<Data>(decide: Decide<Contact, Data, IdentityEvent>, command: Command<Data>): Promise<Outcome<IdentityEvent>> {
    return this.streams.handle(decide, command);
  }

  load(streamId: string): Promise<Contact> {
    return this.streams.load(streamId);
  }
}
