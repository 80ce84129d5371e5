import { allowsModel, cutTo } from '@tokengrid/contracts';
import { problem, ProblemError, type Principal } from '@tokengrid/service';
import { namedModel } from '../routing/named-model.ts';

type Keyed = Pick<Principal, 'rights'>;

/** True if a key may use a model, by its name. */
export function mayUseModel({ rights: { models } }: Keyed, name: string): boolean {
  return models === undefined || allowsModel(models, name);
}

/** True if a key may use an app, by its slug. */
export function mayUseApp({ rights: { apps } }: Keyed, slug: string): boolean {
  return apps === undefined || apps.includes(slug);
}

/**
 * @param wanted `model`, or `model@provider`
 * @throws ProblemError 403, whether or not there is such a model
 */
export function mustUseModel(caller: Keyed, wanted: string): void {
  if (mayUseModel(caller, namedModel(wanted).name)) return;
  const detail = `your API key may not use the model ${cutTo(mostShown, wanted)}`;
  throw new ProblemError(
    problem(403, 'GATEWAY.MODEL_NOT_ALLOWED', detail, { errors: [{ pointer: '/model', detail }] }),
  );
}

/** @throws ProblemError 403, whether or not there is such an app */
export function mustUseApp(caller: Keyed, slug: string): void {
  if (mayUseApp(caller, slug)) return;
  const detail = `your API key may not use the app ${cutTo(mostShown, slug)}`;
  throw new ProblemError(problem(403, 'GATEWAY.APP_NOT_ALLOWED', detail));
}

/** Most characters of a name that are repeated. */
const mostShown = 100;
