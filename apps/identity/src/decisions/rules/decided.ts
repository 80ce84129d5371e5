import type { CodesOf, IdentityEvent, identityRefusals, StatedBy } from '@tokengrid/contracts';

type Refusals = typeof identityRefusals;

/**
 * Events that a command of identity may state, with its own refusals only; without a name, none.
 */
export type Decided<Command extends keyof Refusals = never> = readonly StatedBy<
  IdentityEvent,
  CodesOf<Refusals, Command>
>[];
