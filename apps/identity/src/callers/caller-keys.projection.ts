import type { CallerKeyPublished, EventOf } from '@tokengrid/contracts';
import type { Projection } from '@tokengrid/event-store';

type Published = EventOf<typeof CallerKeyPublished>;

/** Keys by which the gateway signs who calls an app. */
export const callerKeys: Projection<Published, Published['data'][]> = {
  name: 'caller-keys',
  tables: ['caller_keys'],
  begin: () => [],
  on: { CallerKeyPublished: (batch, { data }) => void batch.push(data) },
  async flush(sql, keys) {
    if (keys.length === 0) return;
    await sql.query(
      `insert into caller_keys (key_id, public_key, signs_from, former_until)
       select * from unnest($1::text[], $2::jsonb[], $3::bigint[], $4::bigint[])`,
      [
        keys.map(({ keyId }) => keyId),
        keys.map(({ publicKey }) => JSON.stringify(publicKey)),
        keys.map(({ signsFrom }) => Date.parse(signsFrom)),
        keys.map(({ formerUntil }) => Date.parse(formerUntil)),
      ],
    );
  },
};
