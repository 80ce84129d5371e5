import { Injectable } from '@nestjs/common';
import type { IncomingCommand } from '@tokengrid/service';
import { nameModel, type NameModel } from '../decisions/names/name-model.ts';
import { modelNameStreamId } from '../decisions/state/model-name.ts';
import { ModelNames } from '../streams/model-names.ts';
import { stepOf } from './steps.ts';

/** Model of an offer under creation, and the offer's id: a repeat goes on with the first one. */
export interface NamedOffer {
  readonly modelId: string;
  /** Name as the model is spelt. */
  readonly name: string;
  /** Model that the wanted name looks like, if it was refused for that. */
  readonly takenName: string | undefined;
}

/** Finds the model that an offer is of, by its name. */
@Injectable()
export class NamingModels {
  constructor(private readonly names: ModelNames) {}

  /** Names the model of an offer, as the first step of making it. @throws IdempotencyKeyReused */
  async nameOf(incoming: IncomingCommand, wanted: NameModel): Promise<NamedOffer> {
    const { events } = await this.names.handle(
      nameModel,
      // The request contains the name: another body under the same key is for another stream.
      { ...stepOf(incoming, 'name', modelNameStreamId(wanted.name), wanted), claimsId: true },
    );
    const [event] = events;
    switch (event?.type) {
      case 'ModelNamed':
        return { modelId: event.data.modelId, name: event.data.name, takenName: undefined };
      case 'ModelNameRefused':
        return { modelId: event.data.modelId, name: event.data.name, takenName: event.data.takenName };
      default:
        throw new Error(`naming the model ${wanted.name} ended in ${event?.type}`);
    }
  }
}
