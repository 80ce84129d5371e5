import { Injectable } from '@nestjs/common';
import type { SettlementEvent } from '@tokengrid/contracts';
import { streamsOf } from '@tokengrid/service';
import { type Period, period } from '../decisions/state/period.ts';

/** The streams of periods, `period-…`. */
@Injectable()
export class Periods extends streamsOf<Period, SettlementEvent>(period) {}
