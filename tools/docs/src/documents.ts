import { codesByService, eventsOfEveryService, manifestSchema, refusalsByService } from '@tokengrid/contracts';
import { asyncApi } from './asyncapi.ts';
import { catalogues } from './catalogues.ts';
import { codesIn } from './error-codes.ts';
import { errorsPage } from './errors-page.ts';
import { exampleChain } from './example-chain.ts';
import { eventsPage } from './events-page.ts';
import { jsonText } from './json-text.ts';
import { schemaFile, schemaPath } from './json-schema.ts';
import { licencesPage } from './licences.ts';
import { listenersIn } from './listeners.ts';
import { sampleOf } from './samples.ts';
import { serviceSources } from './source-files.ts';

/** All generated documents by their path in `docs/`. */
export function documents(): ReadonlyMap<string, string> {
  const sources = serviceSources();
  return new Map([
    ['asyncapi.json', jsonText(asyncApi(catalogues, eventsOfEveryService))],
    ['events.md', eventsPage(catalogues, eventsOfEveryService, listenersIn(sources))],
    ['examples/chain.jsonl', exampleChain()],
    ['errors.md', errorsPage(codesByService, refusalsByService, codesIn(sources))],
    ['licences.md', licencesPage()],
    ['schemas/manifest.json', jsonText(manifestSchema())],
    ...catalogues.flatMap(({ service, events }) =>
      [...events, ...eventsOfEveryService].map((event): [string, string] => [
        schemaPath(service, event),
        jsonText(schemaFile(service, event, sampleOf(service, event))),
      ]),
    ),
  ]);
}
