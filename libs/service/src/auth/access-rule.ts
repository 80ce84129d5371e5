import type { Scope } from '../scopes.ts';

/**
 * Callers that a route admits. `optional`: anyone, but a key that is sent has to be valid. The
 * service does not start if a route states none of these.
 */
export type Access = 'public' | 'optional' | 'authenticated' | 'operator' | { readonly scope: Scope };
