import { digestOf, rebuildProjections, type TableDigest } from '@tokengrid/event-store';
import { DataSource } from 'typeorm';
import { poolOf } from '../postgres/database.ts';
import type { TestedService } from './tested-service.ts';
import { until } from './until.ts';

/** Digests of a service's own read models: as the service wrote them, as its events make them. */
export interface BothWays {
  readonly written: readonly TableDigest[];
  readonly rebuilt: readonly TableDigest[];
}

/**
 * Rebuilds a running service's own read models. What its clocks and policies write meanwhile would
 * make a difference, so it is done again until no event came in between.
 */
export function readModelsBothWays(
  service: TestedService,
  { catalogue, projections }: Pick<Parameters<typeof rebuildProjections>[0], 'catalogue' | 'projections'>,
): Promise<BothWays> {
  const pool = poolOf(service.instance(DataSource));
  const tables = projections.flatMap((projection) => projection.tables);
  return until(async () => {
    const [events] = await digestOf(pool, ['events']);
    const written = await digestOf(pool, tables);
    const { digests: rebuilt } = await rebuildProjections({ pool, catalogue, projections });
    const [eventsAfter] = await digestOf(pool, ['events']);
    return eventsAfter!.rows === events!.rows && { written, rebuilt };
  });
}
