import { Inject, Injectable } from '@nestjs/common';
import type { AppRegistryEvent } from '@tokengrid/contracts';
import { EventStore, type Outcome, StorageClock } from '@tokengrid/event-store';
import { type IncomingCommand, serviceConfig } from '@tokengrid/service';
import type { AppRegistryConfig } from '../config.ts';
import { giveUpApp } from '../decisions/apps/give-up-app.ts';
import { confirmName } from '../decisions/names/confirm-name.ts';
import { reserveName } from '../decisions/names/reserve-name.ts';
import { lapsed, type Reservation } from '../decisions/rules/reservations.ts';
import { nameStreamId } from '../decisions/state/name.ts';
import { Apps } from '../streams/apps.ts';
import { Names } from '../streams/names.ts';
import { stepId, stepOf } from './steps.ts';

/** Slug for an app under creation. */
export interface WantedName {
  readonly name: string;
  /** Id of the app, unless an earlier attempt of the same request settled another one. */
  readonly ownerId: string;
  readonly partyId: string;
}

/** Result of a reservation and its owner: a repeat continues with the id of the first attempt. */
export interface Reserved {
  readonly ownerId: string;
  readonly reservation: Reservation;
}

/** Reserves slugs for apps, and releases those of owners that were given up. */
@Injectable()
export class ReservingNames {
  constructor(
    @Inject(EventStore) private readonly store: EventStore<AppRegistryEvent, undefined>,
    @Inject(serviceConfig) private readonly config: AppRegistryConfig,
    private readonly names: Names,
    private readonly apps: Apps,
    private readonly clock: StorageClock,
  ) {}

  /** Reserves a name, as the first step of creating its owner. @throws IdempotencyKeyReused */
  async reserve(incoming: IncomingCommand, wanted: WantedName): Promise<Reserved> {
    const givenUpOwnerId = await this.givenUpHolder(incoming, wanted);
    const data = { ...wanted, reservedForMs: this.config.nameReservationMs, givenUpOwnerId };
    const { events } = await this.names.handle(
      reserveName,
      // The request contains the name: another body under the same key is for another stream.
      { ...stepOf(incoming, 'reserve', nameStreamId(wanted.name), data), claimsId: true },
    );
    const [event] = events;
    switch (event?.type) {
      case 'NameReserved': {
        return { ownerId: event.data.ownerId, reservation: 'reserved' };
      }
      case 'NameRefused':
        const { ownerId, code } = event.data;
        const isAlike = code === 'APP_REGISTRY.SLUG_CONFUSABLE';
        return { ownerId, reservation: { refused: isAlike ? code : 'APP_REGISTRY.SLUG_TAKEN' } };
      default:
        throw new Error(`reserving the slug ${wanted.name} ended in ${event?.type}`);
    }
  }

  /**
   * Owner of an expired reservation that was given up for good. An owner that exists is confirmed
   * instead: the policy that confirms may be late, and the name would look free.
   */
  private async givenUpHolder(incoming: IncomingCommand, { name }: WantedName): Promise<string | undefined> {
    const streamId = nameStreamId(name);
    const held = await this.names.load(streamId);
    if (held.status !== 'reserved' || this.clock.now() < held.expiresAt) return undefined;
    // A repeat finds its own reservation.
    if (await this.store.outcomeOf(stepId(incoming, 'reserve'), { streamId })) return undefined;
    const { ownerId } = held;
    const [event] = (await this.giveUp(incoming, ownerId)).events;
    if (event?.type === 'AppRefused' && event.data.code === lapsed.code) return ownerId;
    await this.names.handle(confirmName, stepOf(incoming, `confirm ${ownerId}`, streamId, { name, ownerId }));
    return undefined;
  }

  private giveUp(incoming: IncomingCommand, ownerId: string): Promise<Outcome<AppRegistryEvent>> {
    return this.apps.handle(giveUpApp, stepOf(incoming, `give up ${ownerId}`, ownerId, { appId: ownerId }));
  }
}
