import { baseConfig, port } from '@tokengrid/service';
import type { z } from 'zod';
import { appsSettings } from './apps/apps.settings.ts';
import { directorySettings } from './directory.settings.ts';
import { passingSettings } from './passing.settings.ts';

/** Settings of the gateway. */
export const gatewayConfig = baseConfig.extend({
  port: port().default(8080).describe('port to listen on'),
  ...directorySettings,
  ...passingSettings,
  ...appsSettings,
});
export type GatewayConfig = z.output<typeof gatewayConfig>;
