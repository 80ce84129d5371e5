import type { Scope } from '../scopes.ts';
import { routeSetting } from '../http/route-settings.ts';

/**
 * Who may call a route. `optional`: anybody, but a key that is shown has to be good. Every route states one of these, else the
 * service does not start.
 */
export type Access = 'public' | 'optional' | 'authenticated' | 'operator' | { readonly scope: Scope };

/** Any key that has the scope; 403 names it to one that lacks it. */
export const Requires = (scope: Scope): MethodDecorator => routeSetting({ access: { scope } });
/** The operator alone. */
export const OperatorOnly = (): MethodDecorator => routeSetting({ access: 'operator' });
/** Any good key. */
export const Authenticated = (): MethodDecorator => routeSetting({ access: 'authenticated' });
/** Anybody; a key is not looked at. */
export const Public = (): MethodDecorator => routeSetting({ access: 'public' });
/** Anybody; see {@link Access}. */
export const OptionallyAuthenticated = (): MethodDecorator => routeSetting({ access: 'optional' });
