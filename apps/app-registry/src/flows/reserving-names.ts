import { Inject, Injectable } from '@nestjs/common';
import { type AppRegistryEvent, commandIdOf } from '@tokengrid/contracts';
import { type Command, EventStore, type Outcome, StorageClock } from '@tokengrid/event-store';
import { type IncomingCommand, serviceConfig } from '@tokengrid/service';
import type { AppRegistryConfig } from '../config.ts';
import { giveUpApp } from '../decisions/apps/give-up-app.ts';
import { giveUpModel } from '../decisions/models/give-up-model.ts';
import { confirmName } from '../decisions/names/confirm-name.ts';
import { reserveName } from '../decisions/names/reserve-name.ts';
import { confusableCodes, lapsed, type Reservation, takenCodes } from '../decisions/rules/reservations.ts';
import { type NameKind, nameStreamId } from '../decisions/state/name.ts';
import { Apps } from '../streams/apps.ts';
import { Models } from '../streams/models.ts';
import { Names } from '../streams/names.ts';

/** Name for an app or model under creation. */
export interface WantedName<Kind extends NameKind> {
  readonly kind: Kind;
  readonly name: string;
  /** Id of the app or model, unless an earlier attempt of the same request settled another one. */
  readonly ownerId: string;
  readonly partyId: string;
}

/** Result of a reservation and its owner: a repeat continues with the id of the first attempt. */
export interface Reserved<Kind extends NameKind> {
  readonly ownerId: string;
  readonly reservation: Reservation<Kind>;
}

/** Reserves names for apps and models, and releases those of owners that were given up. */
@Injectable()
export class ReservingNames {
  constructor(
    @Inject(EventStore) private readonly store: EventStore<AppRegistryEvent, undefined>,
    @Inject(serviceConfig) private readonly config: AppRegistryConfig,
    private readonly names: Names,
    private readonly apps: Apps,
    private readonly models: Models,
    private readonly clock: StorageClock,
  ) {}

  /** Reserves a name, as the first step of creating its owner. @throws IdempotencyKeyReused */
  async reserve<Kind extends NameKind>(incoming: IncomingCommand, wanted: WantedName<Kind>): Promise<Reserved<Kind>> {
    const givenUpOwnerId = await this.givenUpHolder(incoming, wanted);
    const data = { ...wanted, reservedForMs: this.config.nameReservationMs, givenUpOwnerId };
    const { events } = await this.names.handle(
      reserveName,
      // The request contains the name: another body under the same key is for another stream.
      { ...stepOf(incoming, 'reserve', nameStreamId(wanted.kind, wanted.name), data), claimsId: true },
    );
    const [event] = events;
    switch (event?.type) {
      case 'NameReserved': {
        return { ownerId: event.data.ownerId, reservation: 'reserved' };
      }
      case 'NameRefused':
        const { ownerId, code } = event.data;
        const { kind } = wanted;
        const refused = code === confusableCodes[kind] ? confusableCodes[kind] : takenCodes[kind];
        return { ownerId, reservation: { refused } };
      default:
        throw new Error(`reserving the ${wanted.kind} ${wanted.name} ended in ${event?.type}`);
    }
  }

  /**
   * Owner of an expired reservation that was given up for good. An owner that exists is confirmed
   * instead: the policy that confirms may be late, and the name would look free.
   */
  private async givenUpHolder(
    incoming: IncomingCommand,
    { kind, name }: WantedName<NameKind>,
  ): Promise<string | undefined> {
    const streamId = nameStreamId(kind, name);
    const held = await this.names.load(streamId);
    if (held.status !== 'reserved' || this.clock.now() < held.expiresAt) return undefined;
    // A repeat finds its own reservation.
    if (await this.store.outcomeOf(stepId(incoming, 'reserve'), { streamId })) return undefined;
    const { ownerId } = held;
    const [event] = (await this.giveUp(incoming, kind, ownerId)).events;
    if ((event?.type === 'AppRefused' || event?.type === 'ModelRefused') && event.data.code === lapsed.code) {
      return ownerId;
    }
    await this.names.handle(confirmName, stepOf(incoming, `confirm ${ownerId}`, streamId, { kind, name, ownerId }));
    return undefined;
  }

  private giveUp(incoming: IncomingCommand, kind: NameKind, ownerId: string): Promise<Outcome<AppRegistryEvent>> {
    const step = `give up ${ownerId}`;
    return kind === 'slug'
      ? this.apps.handle(giveUpApp, stepOf(incoming, step, ownerId, { appId: ownerId }))
      : this.models.handle(giveUpModel, stepOf(incoming, step, ownerId, { modelId: ownerId }));
  }
}

/**
 * A command of one of the request's steps, apart from the one that answers it; it has the input's
 * hash, so that another body is detected at once.
 */
function stepOf<Data>(incoming: IncomingCommand, step: string, streamId: string, data: Data): Command<Data> {
  const { id: causationId, inputHash, correlationId, traceparent } = incoming;
  return {
    id: stepId(incoming, step),
    streamId,
    data,
    inputHash,
    causationId,
    correlationId,
    traceparent,
    answerOnceStored: true,
  };
}

function stepId({ id }: IncomingCommand, step: string): string {
  return commandIdOf(`making:${id}`, step);
}
