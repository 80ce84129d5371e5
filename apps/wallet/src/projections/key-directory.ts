import { Injectable } from '@nestjs/common';
import { NotYet } from '@tokengrid/kernel';
import { type KnownKey, knownKeys, poolOf } from '@tokengrid/service';
import { DataSource } from 'typeorm';
import { SharedLook } from './shared-look.ts';

/** Which API keys there are, and what they go back to. */
@Injectable()
export class KeyDirectory {
  private readonly look = new SharedLook((keyIds: readonly string[]) => this.find(keyIds));

  constructor(private readonly database: DataSource) {}

  /**
   * A key, and all that it goes back to.
   * @throws NotYet for a key that is not known here yet: without what it goes back to it would be under no cap
   */
  async lineOf(keyId: string): Promise<readonly string[]> {
    const key = await this.look.of(keyId);
    if (!key) throw new NotYet(`unknown key ${keyId}`);
    return key.line;
  }

  private find(keyIds: readonly string[]): Promise<ReadonlyMap<string, KnownKey>> {
    return knownKeys(poolOf(this.database)).find(keyIds);
  }
}
