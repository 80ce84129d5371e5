import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { identityCatalogue } from '@tokengrid/contracts';
import { scopes } from '@tokengrid/service';
import { askWhatever, unreadableEvents } from '@tokengrid/service/specimen';
import { DataSource } from 'typeorm';
import { z } from 'zod';
import { RegistrationRequest, SubscriberRequest } from './registrations/registrations.requests.ts';
import { SuspensionRequest } from './parties/parties.requests.ts';
import { ApiKeyRequest, RotationRequest } from './api-keys/api-keys.requests.ts';
import { operatorKey, type RunningIdentity, runIdentity } from '../testing/run-identity.ts';

let identity: RunningIdentity;
beforeAll(async () => {
  // Passwords are hashed slowly, and many at once.
  identity = await runIdentity({ ANSWER_TIMEOUT_MS: '30000' });
}, 180_000);
afterAll(() => identity.close(), 60_000);

const asOperator = { key: operatorKey };
let contacts = 0;

/** A new subscriber per request: earlier requests would affect later ones. */
async function registered() {
  const msisdn = `+86138${String(++contacts).padStart(8, '0')}`;
  const { status, body } = await identity.post('/v1/subscribers', { msisdn, name: 'Lin' }, asOperator);
  expect({ status, body }).toMatchObject({ status: 201 });
  return body as { readonly subscriberId: string; readonly apiKey: { readonly id: string } };
}

describe('whatever a request may say', () => {
  afterAll(async () => {
    expect(await unreadableEvents(identity.instance(DataSource), identityCatalogue)).toEqual([]);
  });

  it('becomes events that can be read: an organization', () =>
    askWhatever(RegistrationRequest, (body) => identity.post('/v1/registrations', body), { runs: 2 }));

  it('becomes events that can be read: a subscriber', () =>
    askWhatever(SubscriberRequest, (body) => identity.post('/v1/subscribers', body, asOperator)));

  it('becomes events that can be read: a key, its rotation and its end', async () => {
    const withScopes = ApiKeyRequest.extend({ scopes: z.array(z.enum(scopes)).min(1).max(1) });
    const { subscriberId } = await registered();
    const path = `/v1/parties/${subscriberId}/api-keys`;
    await askWhatever(withScopes, (body) => identity.post(path, body, asOperator));
    await askWhatever(RotationRequest, async (body) => {
      const { apiKey } = await registered();
      const rotated = await identity.post(`/v1/api-keys/${apiKey.id}/rotate`, body, asOperator);
      const ended = await identity.ask(`/v1/api-keys/${apiKey.id}`, { method: 'DELETE', ...asOperator });
      return ended.status < 500 ? rotated : ended;
    });
  });

  it('becomes events that can be read: a suspension, its end, and the erasure of a person', () =>
    askWhatever(SuspensionRequest, async (body) => {
      const { subscriberId } = await registered();
      const path = `/v1/parties/${subscriberId}`;
      const answers = [
        await identity.post(`${path}/suspend`, body, asOperator),
        await identity.post(`${path}/reinstate`, undefined, asOperator),
        await identity.ask(`${path}/personal-data`, { method: 'DELETE', ...asOperator }),
      ];
      return answers.find(({ status }) => status >= 400) ?? answers[0]!;
    }));
});
