import { startService } from '@tokengrid/service';
import { someServiceConfig } from './config.ts';
import { SomeServiceModule } from './some-service.module.ts';

await startService({ name: 'some-service', module: SomeServiceModule, config: someServiceConfig });
