import type { Connect } from './upstreams.ts';

/**
 * Opens connections to providers, and refuses addresses that none may have. An abstract class, so
 * that Nest can inject it.
 */
export abstract class Connections {
  abstract readonly connect: Connect;
}
