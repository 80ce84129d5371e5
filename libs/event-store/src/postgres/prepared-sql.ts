import type { Pool, PoolClient } from 'pg';
import type { SqlClient } from '../projection.ts';

/** Names of statements by their text, the same in every connection. */
const names = new Map<string, string>();
/** Most texts that get a name: a projection has a handful. One that makes its texts up as it goes must not fill the server's memory. */
const maxNames = 500;

/** Sends statements prepared, so that Postgres parses and plans each once per connection instead of once per batch. */
export class PreparedSql implements SqlClient {
  constructor(private readonly client: Pick<Pool | PoolClient, 'query'>) {}

  query<Row extends object>(text: string, parameters: readonly unknown[] = []) {
    return this.client.query<Row & Record<string, unknown>>({ ...named(text), text, values: [...parameters] });
  }
}

function named(text: string): { readonly name?: string } {
  let name = names.get(text);
  if (name === undefined) {
    if (names.size >= maxNames) return {};
    names.set(text, (name = `projection-${names.size + 1}`));
  }
  return { name };
}
