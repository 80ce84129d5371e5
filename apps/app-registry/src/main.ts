import { startService } from '@tokengrid/service';
import { AppRegistryModule } from './app-registry.module.ts';
import { appRegistryConfig } from './config.ts';

await startService({ name: 'app-registry', module: AppRegistryModule, config: appRegistryConfig });
