import { walkRoutes } from '@tokengrid/service/testing';
import { appRegistryConfig } from '../config.ts';
import { AppRegistryModule } from '../app-registry.module.ts';

walkRoutes({ name: 'app-registry', module: AppRegistryModule, config: appRegistryConfig });
