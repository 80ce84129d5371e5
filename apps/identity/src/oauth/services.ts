import { audienceOf, scopes } from '@tokengrid/service';

const serviceOf = (scope: string): string => scope.slice(0, scope.indexOf(':'));

/** Scopes of all services. */
export const serviceScopes: readonly string[] = scopes;

/** True for a scope of a service; OpenID Connect's have no service. */
export const isServiceScope = (scope: string): boolean => serviceScopes.includes(scope);

/** Names of the services that accept access tokens. */
export const services: readonly string[] = [...new Set(scopes.map(serviceOf))];

/** Resources that tokens are for, by their audience (RFC 8707): scopes of each service. */
export const scopesByAudience: ReadonlyMap<string, readonly string[]> = new Map(
  services.map((service) => [audienceOf(service), scopes.filter((scope) => serviceOf(scope) === service)]),
);

/** Audiences of the services whose scopes a list has. */
export const audiencesOf = (list: readonly string[]): readonly string[] => [
  ...new Set(list.map((scope) => audienceOf(serviceOf(scope)))),
];

/**
 * Scopes that no client gets: a token asks for no keys and no clients, which would outlive it and
 * know nothing of its limits.
 */
export const notForClients: readonly string[] = ['identity:api-keys:write', 'identity:oauth-clients:write'];
