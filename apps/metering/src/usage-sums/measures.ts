/**
 * SQL of the rows that charges add to sums: one for the use as a whole, under the empty meter, and
 * one for each meter. A charge that metering states itself has only the first: its units were
 * counted with the use that it belongs to.
 * @param charges SQL of rows of the table `charges`
 * @param of those of uses as a whole, or of meters, where the others are not asked for
 */
export const measuresOf = (charges: string, of?: 'uses' | 'meters'): string => `
  select charges.lane, party_id, coalesce(member_of, '') as member_of, coalesce(app, '') as app, coalesce(model, '') as model,
    coalesce(offer_id, '') as offer_id, coalesce(key_id, '') as key_id,
    ${stated} as stated, measured.meter, measured.units, measured.tokens, measured.uses, used_at
  from (${charges}) charges cross join lateral (
    ${[...(of === 'meters' ? [] : [asWhole]), ...(of === 'uses' ? [] : [byMeter])].join(' union all ')}
  ) measured (meter, units, tokens, uses)`;

const stated = `case when charges.source like 'tokengrid:%' then charges.source else '' end`;

/** 1 for a use, 0 for a correction, -1 for one that voids its use. */
const uses = 'case when charges.number is null then 1 else 0 end - charges.voided::int';

const asWhole = `select '', 0::numeric, charges.tokens, ${uses}`;
const byMeter = `
  select used.key, used.value::numeric, coalesce((charges.amounts ->> used.key)::numeric, 0), ${uses}
  from jsonb_each_text(charges.units) used where ${stated} = ''`;
