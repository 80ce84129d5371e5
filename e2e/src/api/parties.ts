import { randomInt, randomUUID } from 'node:crypto';
import type { Client } from './client.ts';
import { eventually, hasStatus } from './eventually.ts';
import type { Tokengrid } from './tokengrid.ts';

/** A party with its first key and its wallet. */
export interface Party {
  readonly partyId: string;
  readonly key: string;
  readonly keyId: string;
  readonly walletId: string;
}

interface Registered {
  readonly organizationId?: string;
  readonly subscriberId?: string;
  readonly apiKey: { readonly id: string; readonly secret: string };
}

/** A command that no service knows: with a key that is known, 404. */
const noCommand = randomUUID();

/** A unique name. */
export const unique = (name: string): string => `${name}-${randomUUID().slice(0, 8)}`;

export const registration = (kind: 'developer' | 'provider', email = `${unique('owner')}@example.com`) => ({
  organization: { name: 'Example', kind },
  owner: { name: 'Ada', email, password: 'correct horse battery' },
});

export async function registerOrganization(grid: Tokengrid, kind: 'developer' | 'provider'): Promise<Party> {
  const { body } = await grid.at('identity').post('/v1/registrations', undefined, registration(kind));
  return admitted(grid, body as unknown as Registered);
}

export async function registerSubscriber(grid: Tokengrid): Promise<Party> {
  const msisdn = `+999${String(randomInt(1e9)).padStart(9, '0')}`;
  const { body } = await grid.at('identity').post('/v1/subscribers', grid.operatorKey, { msisdn, name: 'Lin' });
  return admitted(grid, body as unknown as Registered);
}

/** Waits until a process knows a key. One that is dead will read it before it is ready again. */
async function known(client: Client, key: string): Promise<void> {
  const isUp = await client.get('/health/live').then(
    () => true,
    () => false,
  );
  if (isUp) await eventually(() => client.get(`/v1/commands/${noCommand}`, key), hasStatus(404));
}

/** Waits until the party's wallet is open, and all processes that run know its key. */
async function admitted(grid: Tokengrid, registered: Registered): Promise<Party> {
  const partyId = (registered.organizationId ?? registered.subscriberId)!;
  const { id: keyId, secret: key } = registered.apiKey;
  const [wallet] = await Promise.all([
    ...grid.wallets.map((client) => eventually(() => client.get(`/v1/parties/${partyId}/wallet`, key), hasStatus(200))),
    ...grid.all.map((client) => known(client, key)),
  ]);
  return { partyId, key, keyId, walletId: String(wallet!.body['walletId']) };
}

/** Buys tokens on the carrier's bill. @throws Error for any other outcome */
export async function buy(grid: Tokengrid, party: Party, tokens: bigint): Promise<void> {
  const body = { tokens: String(tokens), method: 'carrier-bill' };
  const { status } = await grid.at('wallet').post(`/v1/wallets/${party.walletId}/purchases`, party.key, body);
  if (status !== 201) throw new Error(`buying ${tokens} µAIT was answered with ${status}`);
}

/** Available µAIT of a party. */
export async function availableTo(grid: Tokengrid, party: Party): Promise<bigint> {
  const { body } = await grid.at('wallet').get(`/v1/wallets/${party.walletId}`, party.key);
  return BigInt(String(body['available']));
}
