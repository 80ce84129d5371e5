import { Injectable } from '@nestjs/common';
import { NotYet } from '@tokengrid/kernel';
import { type KnownKey, knownKeys, poolOf } from '@tokengrid/service';
import { DataSource } from 'typeorm';
import { SharedLook } from './shared-look.ts';

/** API keys and their lineage. */
@Injectable()
export class KeyDirectory {
  private readonly look = new SharedLook((keyIds: readonly string[]) => this.find(keyIds));

  constructor(private readonly database: DataSource) {}

  /**
   * Line of a key: itself and its ancestors.
   * @throws NotYet for a key that is unknown here: without its ancestors it would be under no cap
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
