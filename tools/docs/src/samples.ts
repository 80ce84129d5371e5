import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type EventDeclaration, eventsOfEveryService } from '@tokengrid/contracts';
import { root } from './root.ts';

type Samples = Readonly<Record<string, Readonly<Record<string, unknown>>>>;
const read = new Map<string, Samples>();

/** Golden sample of an event's current version. @throws RangeError without one */
export function sampleOf(service: string, event: EventDeclaration): unknown {
  const isShared = eventsOfEveryService.includes(event);
  const sample = samplesOf(isShared ? 'every-service' : service)[event.type]?.[event.version];
  if (sample === undefined) throw new RangeError(`${event.type} v${event.version}: the golden sample is missing`);
  return sample;
}

function samplesOf(name: string): Samples {
  const known = read.get(name);
  if (known !== undefined) return known;
  const samples = JSON.parse(readFileSync(join(root, 'libs/contracts/src/samples', `${name}.json`), 'utf8')) as Samples;
  read.set(name, samples);
  return samples;
}
