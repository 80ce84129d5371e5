import { walkRoutes } from '@tokengrid/service/testing';
import { meteringConfig } from '../config.ts';
import { MeteringModule } from '../metering.module.ts';

walkRoutes({ name: 'metering', module: MeteringModule, config: meteringConfig });
