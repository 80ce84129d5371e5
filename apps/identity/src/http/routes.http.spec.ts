import { walkRoutes } from '@tokengrid/service/testing';
import { identityConfig } from '../config.ts';
import { IdentityModule } from '../identity.module.ts';

walkRoutes({
  ...{ name: 'identity', module: IdentityModule, config: identityConfig, others: ['identity-keys'] },
  settings: (databaseUrl) => ({
    IDENTITY_KEYS_DATABASE_URL: databaseUrl('identity-keys'),
    IDENTITY_MASTER_KEY: Buffer.alloc(32, 7).toString('base64url'),
  }),
  // Their own specs walk through what proves a client, or a call.
  proves: [
    ...['POST /oauth/token', 'POST /oauth/revoke', 'POST /oauth/introspect'],
    ...['GET /oauth/userinfo', 'POST /oauth/userinfo', 'HEAD /oauth/userinfo'],
  ],
});
