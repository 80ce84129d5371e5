import type { CodesOf, MeteringEvent, meteringRefusals, StatedBy } from '@tokengrid/contracts';

type Refusals = typeof meteringRefusals;

/**
 * Events that a command of metering may state, with its own refusals only; without a name, none.
 */
export type Decided<Command extends keyof Refusals = never> = readonly StatedBy<
  MeteringEvent,
  CodesOf<Refusals, Command>
>[];
