import { someServiceCatalogue, type SomeServiceEvent } from '@tokengrid/contracts';
import { dataOf, type ServiceDefinition } from '@tokengrid/service';
import { someServiceApi } from './api.ts';
import { someServiceAnswers } from './http/some-service-answers.ts';

/** The parts of the service. */
export const someServiceService: ServiceDefinition<SomeServiceEvent, undefined> = {
  catalogue: someServiceCatalogue,
  answers: someServiceAnswers,
  api: someServiceApi,
};

/**
 * Data definition for the command line, which rebuilds, restores and verifies without running the
 * service.
 */
export const definition = dataOf(someServiceService);
