import type { StoredEvent } from '@tokengrid/contracts';
import { laneOf } from '@tokengrid/kernel';
import { Batcher } from './batcher.ts';
import type { Command } from './command.ts';
import type { LaneStorage, StoredCommand } from './storage.ts';

/** A command to look up, with its lane if that is known. */
interface AskedCommand {
  readonly commandId: string;
  readonly lane: number | undefined;
}

/** Looks up stored commands: one statement per lane for all requests of an event loop turn. */
export class CommandLooks {
  private readonly commands = new Batcher((asked: readonly AskedCommand[]) => this.readCommands(asked));
  private readonly events = new Batcher((asked: readonly StoredCommand[]) => this.readEvents(asked));

  constructor(private readonly storage: LaneStorage) {}

  /** Stored command with an id, if any. Without its stream, all lanes are looked at. */
  find(commandId: string, streamId?: string): Promise<StoredCommand | undefined> {
    const lane = streamId === undefined ? undefined : laneOf(streamId, this.storage.lanes);
    return this.commands.add({ commandId, lane });
  }

  /** Ids of those commands that are stored. */
  async known(commands: readonly Pick<Command<unknown>, 'id' | 'streamId'>[]): Promise<ReadonlySet<string>> {
    const byLane = Map.groupBy(commands, ({ streamId }) => laneOf(streamId, this.storage.lanes));
    const asked = Array.from(byLane, ([lane, of]) => ({ lane, commandIds: of.map(({ id }) => id) }));
    return new Set((await this.storage.commandsOf(asked)).keys());
  }

  /** Events of a command that are still in the database. */
  eventsOf(stored: StoredCommand): Promise<readonly StoredEvent[]> {
    return this.events.add(stored);
  }

  private async readCommands(asked: readonly AskedCommand[]): Promise<readonly (StoredCommand | undefined)[]> {
    const byLane = Map.groupBy(asked, ({ lane }) => lane);
    const found = new Map<number | undefined, ReadonlyMap<string, StoredCommand>>();
    const look = async (lane: number | undefined, ids: readonly string[]) =>
      found.set(
        lane,
        lane === undefined
          ? await this.storage.commandsAnywhere(ids)
          : await this.storage.commandsOf([{ lane, commandIds: ids }]),
      );
    await Promise.all(
      [...byLane].map(([lane, of]) =>
        look(
          lane,
          of.map(({ commandId }) => commandId),
        ),
      ),
    );
    return asked.map(({ commandId, lane }) => found.get(lane)!.get(commandId));
  }

  /** Reads each command once, however many repeats ask. */
  private async readEvents(asked: readonly StoredCommand[]): Promise<readonly (readonly StoredEvent[])[]> {
    const places = asked.map(({ lane, sequence }) => `${lane}/${sequence}`);
    const unique = new Map(asked.map((stored, at) => [places[at]!, stored]));
    const found = await this.storage.eventsOfCommands([...unique.values()]);
    const byPlace = new Map([...unique.keys()].map((place, at) => [place, found[at]!]));
    return places.map((place) => byPlace.get(place)!);
  }
}
