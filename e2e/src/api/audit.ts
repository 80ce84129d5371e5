import { expect, it } from '@jest/globals';
import { eventually } from './eventually.ts';
import { buy, type Party, registerSubscriber } from './parties.ts';
import type { Tokengrid } from './tokengrid.ts';

type Audited = Readonly<Record<'type' | 'object' | 'actor', unknown>>;

/** Who did what, from a request to its consequences in other services. */
export function audit(grid: () => Tokengrid): void {
  const actsOn = async (key: string, object: string) => {
    const { body } = await grid().at('wallet').get(`/v1/audit?object=${object}&limit=1000`, key);
    return (body['data'] as Audited[]).map(({ type, actor }) => [type, actor]);
  };
  const operator = { party: 'operator', person: 'bootstrap', key: null, onBehalfOf: null };
  const itself = ({ partyId, keyId }: Party) => ({ party: partyId, person: keyId, key: null, onBehalfOf: null });

  it('is known in another service: a wallet that an operator opened, and froze, at identity', async () => {
    const party = await registerSubscriber(grid());
    await buy(grid(), party, 5n);
    const suspended = await grid().at('identity').post(`/v1/parties/${party.partyId}/suspend`, grid().operatorKey, {});
    expect(suspended.status).toBe(200);
    const path = `/v1/audit?object=${party.walletId}`;
    await eventually(
      () => grid().at('wallet').get(path, grid().operatorKey),
      ({ body }) => (body['data'] as Audited[]).some(({ type }) => type === 'WalletFrozen'),
    );
    expect(await actsOn(grid().operatorKey, party.walletId)).toEqual([
      ['WalletFrozen', operator],
      ['TokensPurchased', itself(party)],
      ['WalletOpened', operator],
    ]);
  });

  it('shows a party what was done to it, and nothing of others', async () => {
    const [party, other] = [await registerSubscriber(grid()), await registerSubscriber(grid())];
    await buy(grid(), party, 5n);
    expect(await actsOn(party.key, party.walletId)).toEqual([
      ['TokensPurchased', itself(party)],
      ['WalletOpened', { ...operator, person: null }],
    ]);
    expect(await actsOn(other.key, party.walletId)).toEqual([]);
  });
}
