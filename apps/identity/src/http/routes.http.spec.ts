import { walkRoutes } from '@tokengrid/service/testing';
import { identityConfig } from '../config.ts';
import { IdentityModule } from '../identity.module.ts';

interface Registered {
  readonly organizationId: string;
  readonly userId: string;
  readonly apiKey: { readonly id: string };
}

walkRoutes({
  ...{ name: 'identity', module: IdentityModule, config: identityConfig, others: ['identity-keys'] },
  settings: (databaseUrl) => ({
    IDENTITY_KEYS_DATABASE_URL: databaseUrl('identity-keys'),
    IDENTITY_MASTER_KEY: Buffer.alloc(32, 7).toString('base64url'),
  }),
  owned: async ({ url }) => {
    const owner = { name: 'Ann', email: 'ann@example.com', password: 'correct horse' };
    const response = await fetch(`${url}/v1/registrations`, {
      ...{ method: 'POST', headers: { 'content-type': 'application/json' } },
      body: JSON.stringify({ organization: { name: 'Acme', kind: 'developer' }, owner }),
    });
    const { organizationId: partyId, userId, apiKey } = (await response.json()) as Registered;
    return { partyId, userId, keyId: apiKey.id };
  },
  // Their own specs walk through what proves a client, or a call.
  proves: [
    ...['POST /oauth/token', 'POST /oauth/revoke', 'POST /oauth/introspect'],
    ...['GET /oauth/userinfo', 'POST /oauth/userinfo', 'HEAD /oauth/userinfo'],
  ],
  // Pages for people, whose cookies and forms their own specs walk through.
  pages: ['/oauth/authorize', '/oauth/interaction/', '/account'],
});
