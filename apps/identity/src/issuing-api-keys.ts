import { Injectable } from '@nestjs/common';
import type { IdentityEvent } from '@tokengrid/contracts';
import type { Outcome } from '@tokengrid/event-store';
import { type IncomingCommand, newId } from '@tokengrid/service';
import { issueApiKey } from './decisions/issue-api-key.ts';
import { rotateApiKey } from './decisions/rotate-api-key.ts';
import { IssuedSecrets, type SettledIssue } from './key-store/issued-secrets.ts';
import { Parties } from './parties.ts';

/** A key that somebody may have. */
export interface WantedApiKey {
  readonly partyId: string;
  readonly name: string;
  readonly scopes: readonly string[];
  /** Epoch milliseconds; `null` for never. */
  readonly expiresAt: number | null;
}

/** Which key gets a successor. */
export interface WantedRotation {
  readonly partyId: string;
  readonly keyId: string;
  readonly scopes: readonly string[];
  readonly overlapMs: number;
}

/** Issues keys, whose secrets are sealed first: a repeat, or a try after a crash, shows the same. */
@Injectable()
export class IssuingApiKeys {
  constructor(
    private readonly secrets: IssuedSecrets,
    private readonly parties: Parties,
  ) {}

  /** Gives a party another key. */
  issue(incoming: IncomingCommand, wanted: WantedApiKey): Promise<Outcome<IdentityEvent>> {
    const { partyId, name, expiresAt } = wanted;
    return this.settled(incoming, wanted, ({ keyId, secretHash, scopes }) => {
      const key = { keyId, name, secretHash, scopes, expiresAt };
      return this.parties.handle(issueApiKey, incoming.to(partyId, { partyId, key }));
    });
  }

  /** Gives a key a successor. */
  rotate(incoming: IncomingCommand, wanted: WantedRotation): Promise<Outcome<IdentityEvent>> {
    const { partyId, keyId, overlapMs } = wanted;
    return this.settled(incoming, wanted, ({ keyId: newKeyId, secretHash }) => {
      const data = { partyId, keyId, newKeyId, secretHash, overlapMs };
      return this.parties.handle(rotateApiKey, incoming.to(partyId, data));
    });
  }

  private async settled(
    incoming: IncomingCommand,
    { partyId, scopes }: Pick<WantedApiKey, 'partyId' | 'scopes'>,
    take: (issue: SettledIssue) => Promise<Outcome<IdentityEvent>>,
  ): Promise<Outcome<IdentityEvent>> {
    return take(await this.secrets.settle(incoming, { partyId, personId: undefined, keyId: newId('key'), scopes }));
  }
}
