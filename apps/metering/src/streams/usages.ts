import { Injectable } from '@nestjs/common';
import type { MeteringEvent } from '@tokengrid/contracts';
import { streamsOf } from '@tokengrid/service';
import { type Usage, usage } from '../decisions/state/usage.ts';

/** The streams of uses, `usg_…`. */
@Injectable()
export class Usages extends streamsOf<Usage, MeteringEvent>(usage) {}
