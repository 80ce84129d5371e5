import { startService } from '@tokengrid/service';
import { meteringConfig } from './config.ts';
import { MeteringModule } from './metering.module.ts';

await startService({ name: 'metering', module: MeteringModule, config: meteringConfig });
