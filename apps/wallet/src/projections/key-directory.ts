import { Injectable } from '@nestjs/common';
import { NotYet } from '@tokengrid/kernel';
import { type BudgetedKey, type KnownKey, knownKeys, poolOf } from '@tokengrid/service';
import { LRUCache } from 'lru-cache';
import { DataSource } from 'typeorm';
import { KeyBudgets } from '../flows/key-budgets.ts';
import { SharedLook } from './shared-look.ts';

/** Maximum number of keys whose budgets are remembered. */
const mostRemembered = 50_000;

/** API keys and their lineage. */
@Injectable()
export class KeyDirectory {
  /** Budgets of keys and their ancestors, which never change; keys without any are absent. */
  private readonly budgeted = new LRUCache<string, readonly BudgetedKey[]>({ max: mostRemembered });
  private readonly look = new SharedLook((keyIds: readonly string[]) => this.find(keyIds));

  constructor(
    private readonly database: DataSource,
    private readonly budgets: KeyBudgets,
  ) {}

  /**
   * Line of a key: itself and its ancestors.
   * @throws NotYet for a key that is unknown here: without its ancestors it would be under no cap
   */
  async lineOf(keyId: string): Promise<readonly string[]> {
    const key = await this.look.of(keyId);
    if (!key) throw new NotYet(`unknown key ${keyId}`);
    if (key.budgeted.length > 0) this.budgeted.set(keyId, key.budgeted);
    return key.line;
  }

  /**
   * Binds the budgets of keys whose lines were just asked for, and of their ancestors.
   * @returns undefined if none of them has one
   * @throws KeyNotBound for a wallet that can't hold one of them
   */
  bind(keyIds: Iterable<string>, walletId: string): Promise<void> | undefined {
    const budgeted = [...keyIds].flatMap((keyId) => this.budgeted.get(keyId) ?? []);
    return budgeted.length > 0 ? this.budgets.bind(walletId, budgeted) : undefined;
  }

  private find(keyIds: readonly string[]): Promise<ReadonlyMap<string, KnownKey>> {
    return knownKeys(poolOf(this.database)).find(keyIds);
  }
}
