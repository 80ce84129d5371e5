/** This process among those of the gateway. An abstract class, so that Nest can inject it. */
export abstract class ServingProcess {
  /** Name by which it holds a lease; empty before the first one. */
  abstract readonly gatewayId: string;
}
