import { Module } from '@nestjs/common';
import { ServiceModule } from '@tokengrid/service';
import { SomeStreamsController } from './http/some-streams/some-streams.controller.ts';
import { someServiceService } from './service.definition.ts';
import { SomeStreams } from './streams/some-streams.ts';

@Module({
  imports: [ServiceModule.with(someServiceService)],
  controllers: [SomeStreamsController],
  providers: [SomeStreams],
})
export class SomeServiceModule {}
