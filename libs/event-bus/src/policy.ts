import { applyDecorators, type ArgumentsHost, Catch, type ExceptionFilter, UseFilters } from '@nestjs/common';
import { Ctx, EventPattern, Payload } from '@nestjs/microservices';
import type { Catalogue } from '@tokengrid/contracts';
import type { DomainEvent } from '@tokengrid/kernel';
import { throwError } from 'rxjs';
import type { PolicyDefinition } from './subscribers/policy-handler.ts';

/** Identifies the handlers of our transport. */
export const eventBusTransport = Symbol('tokengrid event bus');

/**
 * Passes errors of handlers through: Nest would replace them with "Internal server error", but
 * parking or retrying depends on the error.
 */
@Catch()
class KeepError implements ExceptionFilter {
  catch(error: unknown, _host: ArgumentsHost) {
    return throwError(() => error);
  }
}

/**
 * Marks a controller's method as a policy: `(event, reaction) => this.wallets.handle(decision,
 * reaction.to(streamId, data))`. It must return (a promise of) the outcome, or an array of the
 * outcomes, of all its commands. A policy `inOrder` gets an array of events.
 */
export function Policy<E extends DomainEvent, const Type extends E['type']>(definition: {
  readonly name: string;
  readonly from: Catalogue<E>;
  readonly on: readonly Type[];
  readonly opens?: true;
  readonly inOrder?: true;
}): MethodDecorator {
  const extras = { definition: definition as unknown as PolicyDefinition };
  const subscribe = EventPattern(definition.name, eventBusTransport, extras) as MethodDecorator;
  return applyDecorators(eventAndReaction, subscribe, UseFilters(KeepError));
}

/** Marks both arguments: Nest passes a method only the first one otherwise. */
const eventAndReaction: MethodDecorator = (target, method) => {
  Payload()(target, method, 0);
  Ctx()(target, method, 1);
};
