import { laneOf } from '@tokengrid/kernel';
import { Batcher } from './batcher.ts';
import { type Command, IdempotencyKeyReused, StoreUnavailable } from './command.ts';
import type { CommandClaim, LaneStorage } from './storage.ts';

/**
 * Keeps a command's id to one stream. A lane only sees the ids of its own commands, which is enough
 * for ids that determine their stream. Other ids are claimed in the lane of their own hash before
 * the command goes to the lane of its stream.
 */
export class CommandClaims {
  /** One statement per lane for all claims of an event loop turn. */
  private readonly claims = new Batcher((claims: readonly CommandClaim[]) => this.storage.claimCommands(claims));

  constructor(private readonly storage: LaneStorage) {}

  /** The first stream that claimed an id: this one, if there was none. */
  first(id: string, streamId: string): Promise<string> {
    return this.claims.add({ id, streamId });
  }

  /** @throws IdempotencyKeyReused for an id of another stream, StoreUnavailable */
  async claim({ id, streamId }: Pick<Command<unknown>, 'id' | 'streamId'>): Promise<void> {
    const isReused = await this.isOfAnother(id, streamId).catch((error: unknown) => {
      const message = 'the id could not be claimed; repeating the request with the same key is safe';
      throw new StoreUnavailable(message, { cause: error });
    });
    if (isReused) throw new IdempotencyKeyReused(id);
  }

  private async isOfAnother(id: string, streamId: string): Promise<boolean> {
    const claimant = await this.storage.claimantOf(id);
    if (claimant !== undefined) return claimant !== streamId;
    // A restore does not bring claims back: an id without a claim may belong to a stored command.
    const stored = (await this.storage.commandsAnywhere([id])).get(id);
    if (stored && stored.lane !== laneOf(streamId, this.storage.lanes)) return true;
    return (await this.first(id, streamId)) !== streamId;
  }
}
