import { Injectable } from '@nestjs/common';
import type { IdentityEvent } from '@tokengrid/contracts';
import { streamsOf } from '@tokengrid/service';
import { type Person, person } from '../decisions/state/person.ts';

/** The people's streams, `usr_…`. */
@Injectable()
export class People extends streamsOf<Person, IdentityEvent>(person) {}
