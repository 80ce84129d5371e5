import { type EventOf, SourceRemoved } from '@tokengrid/contracts';
import type { Decided } from '../rules/decided.ts';
import type { Source } from '../state/source.ts';

/** A source, and the remover's key. */
export type RemoveSource = Omit<EventOf<typeof SourceRemoved>['data'], 'version'>;

/** Removes a mapping. Removing it again changes nothing but its version. */
export function removeSource({ version }: Source, data: RemoveSource): Decided {
  return [SourceRemoved({ ...data, version: version + 1 })];
}
