import { startService } from '@tokengrid/service';
import { identityConfig } from './config.ts';
import { IdentityModule } from './identity.module.ts';

await startService({ name: 'identity', module: IdentityModule, config: identityConfig });
