import { Injectable } from '@nestjs/common';
import type { SomeServiceEvent } from '@tokengrid/contracts';
import { streamsOf } from '@tokengrid/service';
import { type SomeStream, someStream } from '../decisions/state/some-stream.ts';

/** The streams of some streams, `some-prefix_…`. */
@Injectable()
export class SomeStreams extends streamsOf<SomeStream, SomeServiceEvent>(someStream) {}
