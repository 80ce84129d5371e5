// Injection tokens for providers without a class of their own.

/** The service's config: `@Inject(serviceConfig) config: WalletConfig`. */
export const serviceConfig = Symbol('serviceConfig');
/** The service's pino `Logger`. */
export const serviceLog = Symbol('serviceLog');
/** The operator's `Calendar`. */
export const operatorCalendar = Symbol('operatorCalendar');
/** `() => boolean`: true after a stop signal, when each connection closes after its answer. */
export const isDraining = Symbol('isDraining');
/** `AbortSignal`: aborts when running requests have to end, as the process stops. */
export const endOfProcess = Symbol('endOfProcess');
/** The service's `ServiceDefinition`. */
export const serviceDefinition = Symbol('serviceDefinition');
/** The service's `OpenParts`. */
export const openServiceParts = Symbol('openServiceParts');
/** The service's `Parts`. */
export const serviceParts = Symbol('serviceParts');
