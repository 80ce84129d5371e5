import { baseConfig, port } from '@tokengrid/service';

/** Configuration of some service, beyond that of every service. */
export const someServiceConfig = baseConfig.extend({
  port: port().default(8080).describe('port to listen on'),
});
