/**
 * Methods of the routes that match a path: tells an unknown path (404) from an unsupported method
 * (405).
 */
export class AllowedMethods {
  private readonly routes: { readonly pattern: RegExp; readonly method: string }[] = [];

  /** @param url in Fastify's notation: `/v1/wallets/:walletId` */
  add(method: string, url: string): void {
    this.routes.push({ pattern: patternOf(url), method });
  }

  of(path: string): readonly string[] {
    return [...new Set(this.routes.filter(({ pattern }) => pattern.test(path)).map(({ method }) => method))];
  }
}

/** Pattern of the paths of a route. @param url in Fastify's notation */
export function patternOf(url: string): RegExp {
  const pattern = url
    .split(/(?<!:)(:[A-Za-z]+)|(\*)/)
    .map((part) => (part === undefined ? '' : part === '*' ? '.*' : part[0] === ':' ? '[^/]+' : literal(part)))
    .join('');
  return new RegExp(`^${pattern}$`);
}

function literal(text: string): string {
  // Fastify writes a literal colon as two: `/v1/commands::batch`.
  return text.replaceAll('::', ':').replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}
