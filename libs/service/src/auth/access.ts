import { applyDecorators } from '@nestjs/common';
import { ApiSecurity } from '@nestjs/swagger';
import { routeSetting } from '../http/route-settings.ts';
import type { Scope } from '../scopes.ts';
import type { Access } from './access-rule.ts';

/** Any key that has the scope; 403 names it to one that lacks it. */
export const Requires = (scope: Scope): MethodDecorator => keyed({ scope }, [scope]);
/** The operator alone. */
export const OperatorOnly = (): MethodDecorator => keyed('operator', ['operator']);
/** Any good key. */
export const Authenticated = (): MethodDecorator => keyed('authenticated', []);
/** Anybody; a key is not looked at. */
export const Public = (): MethodDecorator => routeSetting({ access: 'public' });
/** Anybody; see {@link Access}. */
export const OptionallyAuthenticated = (): MethodDecorator =>
  applyDecorators(routeSetting({ access: 'optional' }), ApiSecurity({}), ApiSecurity('bearer', []));

function keyed(access: Access, roles: string[]): MethodDecorator {
  return applyDecorators(routeSetting({ access }), ApiSecurity('bearer', roles));
}
