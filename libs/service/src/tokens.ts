// Injection tokens for providers without a class of their own.

/** The service's config: `@Inject(serviceConfig) config: WalletConfig`. */
export const serviceConfig = Symbol('serviceConfig');
/** The service's pino `Logger`. */
export const serviceLog = Symbol('serviceLog');
/** The operator's `Calendar`. */
export const operatorCalendar = Symbol('operatorCalendar');
/** The service's `ServiceDefinition`. */
export const serviceDefinition = Symbol('serviceDefinition');
/** The service's `OpenParts`. */
export const openServiceParts = Symbol('openServiceParts');
/** The service's `Parts`. */
export const serviceParts = Symbol('serviceParts');
