import type { OauthClient, Party } from '../state/party.ts';
import { isRegistered } from '../state/party.ts';

/** A client of the party that was not deleted. */
export function activeClient(state: Party, clientId: string): OauthClient | undefined {
  return isRegistered(state) ? state.clients.find((client) => client.clientId === clientId) : undefined;
}
