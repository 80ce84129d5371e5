import { Body, Controller, Param, Post } from '@nestjs/common';
import { Incoming, type IncomingCommand, OperatorOnly, Responds } from '@tokengrid/service';

@Controller('v1/some-resource')
export class SomeResourceController {
  constructor(private readonly someStreams: SomeStreams) {}

  /** Does something. The answer is what the event states. */
  @Post('some-path')
  @OperatorOnly()
  @Responds(200, SomethingHappenedAnswer)
  async doSomething(
    @Param('id') id: string,
    @Body({ schema: DoSomethingRequest }) _body: DoSomethingRequest,
    @Incoming() incoming: IncomingCommand,
  ) {
    return this.someStreams.handle(doSomething, incoming.to(id, { id }));
  }
}
