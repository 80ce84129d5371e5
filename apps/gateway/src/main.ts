import { startService } from '@tokengrid/service';
import { gatewayConfig } from './config.ts';
import { GatewayModule } from './gateway.module.ts';

await startService({ name: 'gateway', module: GatewayModule, config: gatewayConfig });
