import { Controller } from '@nestjs/common';
import type { EventOf, ModelOffered } from '@tokengrid/contracts';
import { appRegistryCatalogue } from '@tokengrid/contracts';
import { Policy, type Reaction } from '@tokengrid/event-bus';
import type { Recorded } from '@tokengrid/kernel';
import { confirmName, type ConfirmName } from '../decisions/names/confirm-name.ts';
import { nameStreamId } from '../decisions/state/name.ts';
import { Names } from '../streams/names.ts';

type Offered = EventOf<typeof ModelOffered>;

@Controller()
export class WhenModelOfferedConfirmName {
  constructor(private readonly names: Names) {}

  /** Makes the reservation of a model's name permanent once the model is on offer. */
  @Policy({ name: 'when-model-offered-confirm-name', from: appRegistryCatalogue, on: ['ModelOffered'] })
  confirm(event: Recorded<Offered>, reaction: Reaction) {
    const confirmation = nameConfirmationFor(event);
    const streamId = nameStreamId(confirmation.kind, confirmation.name);
    return this.names.handle(confirmName, reaction.to(streamId, confirmation));
  }
}

export function nameConfirmationFor({ data: { name, modelId } }: Offered): ConfirmName {
  return { kind: 'model', name, ownerId: modelId };
}
