import type { CodesOf, IdentityEvent, identityRefusals, StatedBy } from '@tokengrid/contracts';

type Refusals = typeof identityRefusals;

/**
 * What a command of identity may state: no refusal but its own, and none at all where it is named
 * nowhere.
 */
export type Decided<Command extends keyof Refusals = never> = readonly StatedBy<
  IdentityEvent,
  CodesOf<Refusals, Command>
>[];
