import { type EventOf, SourceSet } from '@tokengrid/contracts';
import type { Decided } from '../rules/decided.ts';
import type { Source } from '../state/source.ts';

/** A mapping of events to uses, and its owner. */
export type SetSource = Omit<EventOf<typeof SourceSet>['data'], 'version'>;

/** Maps a type of events from now on, in place of the mapping before. */
export function setSource({ version }: Source, data: SetSource): Decided {
  return [SourceSet({ ...data, version: version + 1 })];
}
