import { Injectable } from '@nestjs/common';
import type { SettlementEvent } from '@tokengrid/contracts';
import { streamsOf } from '@tokengrid/service';
import { type PaidStatement, statement } from '../decisions/state/statement.ts';

/** The streams of statements, `stm_…`. */
@Injectable()
export class Statements extends streamsOf<PaidStatement, SettlementEvent>(statement) {}
