import { Controller } from '@nestjs/common';
import type { AppCreated, EventOf } from '@tokengrid/contracts';
import { appRegistryCatalogue } from '@tokengrid/contracts';
import { Policy, type Reaction } from '@tokengrid/event-bus';
import type { Recorded } from '@tokengrid/kernel';
import { confirmName, type ConfirmName } from '../decisions/names/confirm-name.ts';
import { nameStreamId } from '../decisions/state/name.ts';
import { Names } from '../streams/names.ts';

type Created = EventOf<typeof AppCreated>;

@Controller()
export class WhenAppCreatedConfirmName {
  constructor(private readonly names: Names) {}

  /** Makes a slug's reservation permanent once its app exists. */
  @Policy({ name: 'when-app-created-confirm-name', from: appRegistryCatalogue, on: ['AppCreated'] })
  confirm(event: Recorded<Created>, reaction: Reaction) {
    const confirmation = slugConfirmationFor(event);
    const streamId = nameStreamId(confirmation.name);
    return this.names.handle(confirmName, reaction.to(streamId, confirmation));
  }
}

export function slugConfirmationFor({ data: { slug, appId } }: Created): ConfirmName {
  return { name: slug, ownerId: appId };
}
