import { applyDecorators } from '@nestjs/common';
import { ApiSecurity } from '@nestjs/swagger';
import { routeSetting } from '../http/route-settings.ts';
import type { Scope } from '../scopes.ts';
import type { Access } from './access-rule.ts';

/** Admits any key with the scope; 403 names the scope to a key that lacks it. */
export const Requires = (scope: Scope): MethodDecorator => keyed({ scope }, [scope]);
/** Admits the operator only. */
export const OperatorOnly = (): MethodDecorator => keyed('operator', ['operator']);
/** Admits any valid key. */
export const Authenticated = (): MethodDecorator => keyed('authenticated', []);
/** Admits anyone; a key that is sent is ignored. */
export const Public = (): MethodDecorator => routeSetting({ access: 'public' });
/** Admits anyone; see {@link Access}. */
export const OptionallyAuthenticated = (): MethodDecorator =>
  applyDecorators(routeSetting({ access: 'optional' }), ApiSecurity({}), ApiSecurity('bearer', []));

function keyed(access: Access, roles: string[]): MethodDecorator {
  return applyDecorators(routeSetting({ access }), ApiSecurity('bearer', roles));
}
