import { Body, Controller, Post } from '@nestjs/common';
import { derivedId } from '@tokengrid/contracts';
import { Incoming, type IncomingCommand, OperatorOnly, Responds } from '@tokengrid/service';
import { createSomeStream } from '../../decisions/some-streams/create-some-stream.ts';
import { SomeStreams } from '../../streams/some-streams.ts';
import { CreateSomeStreamRequest, SomeStreamAnswer } from './some-streams.requests.ts';

/** Some streams, as the operator sees them. */
@Controller('v1/some-streams')
export class SomeStreamsController {
  constructor(private readonly someStreams: SomeStreams) {}

  /** Creates a some stream. Its id is in the answer. */
  @Post()
  @OperatorOnly()
  @Responds(201, SomeStreamAnswer)
  async createSomeStream(
    @Body({ schema: CreateSomeStreamRequest }) _body: CreateSomeStreamRequest,
    @Incoming() incoming: IncomingCommand,
  ) {
    // A repeat of the request finds the same stream.
    const someStreamId = derivedId('some-prefix', incoming.id);
    return this.someStreams.handle(createSomeStream, incoming.to(someStreamId, { someStreamId }));
  }
}
