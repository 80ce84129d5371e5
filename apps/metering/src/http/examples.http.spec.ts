import { documentedRequests, runAlone } from '@tokengrid/service/testing';
import { meteringConfig } from '../config.ts';
import { MeteringModule } from '../metering.module.ts';

documentedRequests(() => runAlone({ name: 'metering', module: MeteringModule, config: meteringConfig }));
