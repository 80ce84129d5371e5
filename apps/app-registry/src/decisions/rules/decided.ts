import type { AppRegistryEvent, appRegistryRefusals, CodesOf, StatedBy } from '@tokengrid/contracts';

type Refusals = typeof appRegistryRefusals;

/**
 * Events that a command of the registry may state, with its own refusals only; without a name,
 * none.
 */
export type Decided<Command extends keyof Refusals = never> = readonly StatedBy<
  AppRegistryEvent,
  CodesOf<Refusals, Command>
>[];
