import type { AppRegistryEvent, appRegistryRefusals, CodesOf, StatedBy } from '@tokengrid/contracts';

type Refusals = typeof appRegistryRefusals;

/**
 * What a command of the registry may state: no refusal but its own, and none at all where it is
 * named nowhere.
 */
export type Decided<Command extends keyof Refusals = never> = readonly StatedBy<
  AppRegistryEvent,
  CodesOf<Refusals, Command>
>[];
