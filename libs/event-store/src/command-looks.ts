import type { StoredEvent } from '@tokengrid/contracts';
import { Batcher } from './batcher.ts';
import type { LaneStorage, StoredCommand } from './storage.ts';

/** Looks up stored commands, with one statement for all requests of a turn of the event loop. */
export class CommandLooks {
  private readonly commands = new Batcher((ids: readonly string[]) => this.readCommands(ids));
  private readonly events = new Batcher((asked: readonly StoredCommand[]) => this.readEvents(asked));

  constructor(private readonly storage: LaneStorage) {}

  /** Stored command with an id, if any. */
  find(commandId: string): Promise<StoredCommand | undefined> {
    return this.commands.add(commandId);
  }

  /** Events of a command that are still in the database. */
  eventsOf(stored: StoredCommand): Promise<readonly StoredEvent[]> {
    return this.events.add(stored);
  }

  private async readCommands(ids: readonly string[]): Promise<readonly (StoredCommand | undefined)[]> {
    const found = await this.storage.commandsOf(ids);
    return ids.map((id) => found.get(id));
  }

  /** Reads each command once, however many repeats ask. */
  private async readEvents(asked: readonly StoredCommand[]): Promise<readonly (readonly StoredEvent[])[]> {
    const unique = new Map(asked.map((stored) => [stored.commandId, stored]));
    const found = await this.storage.eventsOfCommands([...unique.values()]);
    return asked.map(({ commandId }) => found.get(commandId) ?? []);
  }
}
