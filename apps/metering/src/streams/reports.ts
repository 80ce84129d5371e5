import { Injectable } from '@nestjs/common';
import type { MeteringEvent } from '@tokengrid/contracts';
import { streamsOf } from '@tokengrid/service';
import { type Report, report } from '../decisions/state/report.ts';

/** The streams of reports that came with an idempotency key, `rpt_…`. */
@Injectable()
export class Reports extends streamsOf<Report, MeteringEvent>(report) {}
