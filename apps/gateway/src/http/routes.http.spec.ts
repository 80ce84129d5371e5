import { walkRoutes } from '@tokengrid/service/testing';
import { gatewayConfig } from '../config.ts';
import { GatewayModule } from '../gateway.module.ts';
import { masterKeyOfSpecs } from '../testing/run-gateway.ts';

walkRoutes({
  ...{ name: 'gateway', module: GatewayModule, config: gatewayConfig },
  settings: () => ({ GATEWAY_MASTER_KEY: masterKeyOfSpecs, ANSWER_TIMEOUT_MS: '500' }),
});
