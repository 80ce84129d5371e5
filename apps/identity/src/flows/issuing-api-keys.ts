import { Injectable } from '@nestjs/common';
import type { IdentityEvent, KeyBudget, KeyRights } from '@tokengrid/contracts';
import type { Outcome } from '@tokengrid/event-store';
import { type IncomingCommand, newId, type Principal } from '@tokengrid/service';
import type { Descent } from '../decisions/rules/api-keys.ts';
import { issueApiKey } from '../decisions/api-keys/issue-api-key.ts';
import { rotateApiKey } from '../decisions/api-keys/rotate-api-key.ts';
import { IssuedSecrets, type SettledIssue } from '../key-store/issued-secrets.ts';
import { Parties } from '../streams/parties.ts';
import { PartyDirectory } from '../projections/party-directory.ts';

/** A requested key. */
export interface WantedApiKey extends KeyRights {
  readonly partyId: string;
  readonly name: string;
  readonly scopes: readonly string[];
  /** Epoch milliseconds; `null` for never. */
  readonly expiresAt: number | null;
  readonly budget?: KeyBudget | undefined;
  /** The requesting caller. */
  readonly caller: Principal;
  /** The key ends with the caller's. */
  readonly endsWithMinter?: true;
}

/** A requested rotation. */
export interface WantedRotation {
  readonly partyId: string;
  readonly keyId: string;
  readonly scopes: readonly string[];
  readonly overlapMs: number;
  readonly caller: Principal;
}

/**
 * Issues keys, whose secrets are sealed first: a repeat, or a retry after a crash, shows the same
 * secret.
 */
@Injectable()
export class IssuingApiKeys {
  constructor(
    private readonly secrets: IssuedSecrets,
    private readonly parties: Parties,
    private readonly directory: PartyDirectory,
  ) {}

  /** Issues another key to a party. */
  issue(incoming: IncomingCommand, wanted: WantedApiKey): Promise<Outcome<IdentityEvent>> {
    const { partyId, name, expiresAt, caller, endsWithMinter, budget, ...asked } = wanted;
    const { models, apps, requestsPerMinute, unitsPerMinute, streams } = asked;
    const rights = { models, apps, requestsPerMinute, unitsPerMinute, streams };
    const byOperator = caller.kind === 'operator' ? (true as const) : undefined;
    const descent = { mintedBy: caller.keyId, people: caller.people.length + 1, keys: caller.line.length + 1 };
    return this.settled(incoming, wanted, ({ keyId, secretHash, scopes }) => {
      const key = { keyId, name, secretHash, scopes, expiresAt, rights, budget };
      const data = { partyId, key, descent, endsWithMinter, byOperator };
      return this.parties.handle(issueApiKey, incoming.to(partyId, data));
    });
  }

  /** Rotates a key. */
  async rotate(incoming: IncomingCommand, wanted: WantedRotation): Promise<Outcome<IdentityEvent>> {
    const { partyId, keyId, overlapMs, caller } = wanted;
    const descent = await this.descentOf(keyId, caller);
    return this.settled(incoming, wanted, ({ keyId: newKeyId, secretHash }) => {
      const data = { partyId, keyId, newKeyId, secretHash, overlapMs, descent };
      return this.parties.handle(rotateApiKey, incoming.to(partyId, data));
    });
  }

  /** Descent of a key's successor: the key's lineage, and that of another key that requests it. */
  private async descentOf(keyId: string, caller: Principal): Promise<Omit<Descent, 'succeeds'>> {
    const old = await this.directory.lineageOf(keyId);
    const people = new Set([...old.people, ...caller.people]).size;
    const keys = new Set([...old.line, ...caller.line]).size + 1;
    return { people, keys, ...(caller.keyId !== keyId && { mintedBy: caller.keyId }) };
  }

  private async settled(
    incoming: IncomingCommand,
    { partyId, scopes }: Pick<WantedApiKey, 'partyId' | 'scopes'>,
    take: (issue: SettledIssue) => Promise<Outcome<IdentityEvent>>,
  ): Promise<Outcome<IdentityEvent>> {
    return take(await this.secrets.settle(incoming, { partyId, personId: undefined, keyId: newId('key'), scopes }));
  }
}
