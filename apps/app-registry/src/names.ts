import { Inject, Injectable } from '@nestjs/common';
import { type AppRegistryEvent, commandIdOf } from '@tokengrid/contracts';
import { type Command, EventStore, type Outcome, type Streams } from '@tokengrid/event-store';
import type { Decide } from '@tokengrid/kernel';
import { type IncomingCommand, serviceConfig } from '@tokengrid/service';
import { Apps } from './apps.ts';
import type { AppRegistryConfig } from './config.ts';
import { confirmName } from './decisions/confirm-name.ts';
import { type Name, name, type NameKind, nameStreamId } from './decisions/name.ts';
import type { Reservation } from './decisions/reservation.ts';
import { isLapsed, reserveName } from './decisions/reserve-name.ts';
import { Models } from './models.ts';

/** A name that an app or model is to be made with. */
export interface WantedName {
  readonly kind: NameKind;
  readonly name: string;
  /** The id of the app or model, unless an earlier try of the same request settled another one. */
  readonly ownerId: string;
  readonly partyId: string;
}

/** What came of a reservation, and for whom: a repeat goes on with the id of the first try. */
export interface Reserved {
  readonly ownerId: string;
  readonly reservation: Reservation;
}

/** The names' streams, `name-slug-…` and `name-model-…`. */
@Injectable()
export class Names {
  private readonly streams: Streams<Name, AppRegistryEvent, undefined>;

  constructor(
    @Inject(EventStore) store: EventStore<AppRegistryEvent, undefined>,
    @Inject(serviceConfig) private readonly config: AppRegistryConfig,
    private readonly apps: Apps,
    private readonly models: Models,
  ) {
    this.streams = store.streams(name);
  }

  handle<Data>(
    decide: Decide<Name, Data, AppRegistryEvent>,
    command: Command<Data>,
  ): Promise<Outcome<AppRegistryEvent>> {
    return this.streams.handle(decide, command);
  }

  /** Reserves a name as the first step of making what has it. @throws IdempotencyKeyReused */
  async reserve(incoming: IncomingCommand, wanted: WantedName): Promise<Reserved> {
    const lapsedOwnerId = await this.lapsedHolder(incoming, wanted);
    const data = { ...wanted, reservedForMs: this.config.nameReservationMs, lapsedOwnerId };
    const { events } = await this.handle(reserveName, stepOf(incoming, 'reserve', wanted, data));
    const [event] = events;
    switch (event?.type) {
      case 'NameReserved': {
        const { ownerId, expiresAt } = event.data;
        return { ownerId, reservation: { reservedUntil: Date.parse(expiresAt) } };
      }
      case 'NameRefused':
        return { ownerId: event.data.ownerId, reservation: { refused: event.data.code } };
      default:
        throw new Error(`reserving the ${wanted.kind} ${wanted.name} ended in ${event?.type}`);
    }
  }

  /**
   * Whose reservation came to nothing. One whose app or model was made is confirmed instead: the policy that does so may be late, and
   * the name would look free.
   */
  private async lapsedHolder(incoming: IncomingCommand, wanted: WantedName): Promise<string | undefined> {
    const { kind, name } = wanted;
    const held = await this.streams.load(nameStreamId(kind, name));
    if (held.status !== 'reserved' || !isLapsed(held, Date.now())) return undefined;
    const { ownerId } = held;
    const { status } = await (kind === 'slug' ? this.apps.load(ownerId) : this.models.load(ownerId));
    if (status === 'none') return ownerId;
    await this.handle(confirmName, stepOf(incoming, 'confirm', wanted, { kind, name, ownerId }));
    return undefined;
  }
}

/** A command of a request's own, apart from the one that answers it; with its input's hash, so that another body is told at once. */
function stepOf<Data>(incoming: IncomingCommand, step: string, { kind, name }: WantedName, data: Data): Command<Data> {
  const { id, inputHash, correlationId, traceparent } = incoming;
  return {
    id: commandIdOf(`making:${id}`, step),
    streamId: nameStreamId(kind, name),
    data,
    inputHash,
    causationId: id,
    correlationId,
    traceparent,
    answerOnceStored: true,
  };
}
