import { Injectable } from '@nestjs/common';
import type { IdentityEvent } from '@tokengrid/contracts';
import { streamsOf } from '@tokengrid/service';
import { type Contact, contact } from '../decisions/state/contact.ts';

/** The contacts' streams, `contact-…`. */
@Injectable()
export class Contacts extends streamsOf<Contact, IdentityEvent>(contact) {}
