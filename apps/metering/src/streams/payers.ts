import { Injectable } from '@nestjs/common';
import type { MeteringEvent } from '@tokengrid/contracts';
import { streamsOf } from '@tokengrid/service';
import { type Payer, payer } from '../decisions/state/payer.ts';

/** The streams of all that payers use, `usage-<partyId>`. */
@Injectable()
export class Payers extends streamsOf<Payer, MeteringEvent>(payer) {}
