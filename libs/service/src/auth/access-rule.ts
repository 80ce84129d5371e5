import type { Scope } from '../scopes.ts';

/**
 * Who may call a route. `optional`: anybody, but a key that is shown has to be good. Every route states one of these, else the
 * service does not start.
 */
export type Access = 'public' | 'optional' | 'authenticated' | 'operator' | { readonly scope: Scope };
