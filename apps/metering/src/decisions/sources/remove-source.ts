import { type EventOf, type MeteringEvent, SourceRemoved } from '@tokengrid/contracts';
import type { Source } from '../state/source.ts';

/** A source, and the remover's key. */
export type RemoveSource = Omit<EventOf<typeof SourceRemoved>['data'], 'version'>;

/** Removes a mapping. Removing it again changes nothing but its version. */
export function removeSource({ version }: Source, data: RemoveSource): readonly MeteringEvent[] {
  return [SourceRemoved({ ...data, version: version + 1 })];
}
