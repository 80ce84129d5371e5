import type { CodesOf, MeteringEvent, meteringRefusals, StatedBy } from '@tokengrid/contracts';

type Refusals = typeof meteringRefusals;

/**
 * What a command of metering may state: no refusal but its own, and none at all where it is named
 * nowhere.
 */
export type Decided<Command extends keyof Refusals = never> = readonly StatedBy<
  MeteringEvent,
  CodesOf<Refusals, Command>
>[];
