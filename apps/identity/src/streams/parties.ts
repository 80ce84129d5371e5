import { Injectable } from '@nestjs/common';
import type { IdentityEvent } from '@tokengrid/contracts';
import { streamsOf } from '@tokengrid/service';
import { type Party, party } from '../decisions/state/party.ts';

/** The parties' streams, `org_…` and `sub_…`. */
@Injectable()
export class Parties extends streamsOf<Party, IdentityEvent>(party) {}
