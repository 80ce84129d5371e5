/**
 * SQL of what charges add to sums: a row for the use as a whole, under the empty meter, and one for
 * each meter. Of what metering states itself there is the whole only: it was counted with the use
 * that it is about.
 * @param charges SQL of rows of the table `charges`
 */
export const measuresOf = (charges: string): string => `
  select charges.lane, party_id, coalesce(member_of, '') as member_of, coalesce(app, '') as app, coalesce(model, '') as model,
    coalesce(offer_id, '') as offer_id, coalesce(key_id, '') as key_id,
    ${stated} as stated, measured.meter, measured.units, measured.tokens, measured.uses, used_at
  from (${charges}) charges cross join lateral (
    select '', 0::numeric, charges.tokens, ${uses}
    union all
    select used.key, used.value::numeric, coalesce((charges.amounts ->> used.key)::numeric, 0), ${uses}
    from jsonb_each_text(charges.units) used where ${stated} = ''
  ) measured (meter, units, tokens, uses)`;

const stated = `case when charges.source like 'tokengrid:%' then charges.source else '' end`;

/** A correction is no further use, and a use that it voids is none any more. */
const uses = 'case when charges.number is null then 1 else 0 end - charges.voided::int';
