import { Injectable } from '@nestjs/common';
import type { MeteringEvent } from '@tokengrid/contracts';
import { streamsOf } from '@tokengrid/service';
import { type Source, source } from '../decisions/state/source.ts';

/** The streams of sources, `src_…`. */
@Injectable()
export class SourceStreams extends streamsOf<Source, MeteringEvent>(source) {}
