import { Injectable } from '@nestjs/common';
import { walletIdOf } from '@tokengrid/contracts';
import type { Actor } from '../decisions/rules/actors.ts';
import { KeyDirectory } from '../projections/key-directory.ts';

/** A use's payer, and the key that it was made with, if it is known. */
interface UsedBy {
  readonly partyId: string;
  readonly key?: string | undefined;
}

/** Members and keys whose caps bind uses. */
@Injectable()
export class UseActors {
  constructor(private readonly keys: KeyDirectory) {}

  /** The actor of a use that a wallet pays for: a member, or a known key, if any. */
  async of(walletId: string, { partyId, key }: UsedBy): Promise<Actor | undefined> {
    const member = walletId === walletIdOf(partyId) ? {} : { memberId: partyId };
    if (key === undefined && !('memberId' in member)) return undefined;
    return { line: key === undefined ? [] : await this.keys.lineOf(key), ...member };
  }
}
