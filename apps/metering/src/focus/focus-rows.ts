import { instantOf, subscriptionSource } from '@tokengrid/contracts';
import type { Calendar } from '@tokengrid/kernel';
import { periodSource } from '../decisions/usage/close-period.ts';
import { type Exact, exact, exactText, times } from './exact.ts';
import type { FocusCharge, FocusTerms } from './focus-charge.ts';
import type { FocusRow } from './focus-columns.ts';

/** A token's price in the operator's currency. */
export interface TokenPrice {
  /** ISO 4217 code. */
  readonly currency: string;
  /** Minor units for a million µAIT. */
  readonly buy: bigint;
}

/** What rows of a charge are made by, besides the charge. */
export interface FocusContext {
  readonly terms: FocusTerms;
  /** Price at the time of use; undefined where none was ever posted. */
  readonly tokenPrice: TokenPrice | undefined;
  /** The operator's. */
  readonly calendar: Calendar;
}

/** ISO 4217's code for no currency: tokens have no price yet. */
const noCurrency = 'XXX';
const operator = 'Tokengrid operator';
const oneAit: Exact = { value: 1n, scale: 6 };

/**
 * Rows of a charge in FOCUS 1.2: one for each meter, and one for what no meter determines, such as
 * a fee, or a plan's minimum or maximum. Their tokens come to those of the charge. Nothing is
 * billed for a use, since its tokens were paid when they were bought; its effective cost is the
 * price of these tokens at the time of use.
 */
export function focusRowsOf(charge: FocusCharge, context: FocusContext): readonly FocusRow[] {
  const { source, units, amounts, tokens } = charge;
  const common = commonCells(charge, context);
  if (source.startsWith('tokengrid:')) return tokens === '0' ? [] : [{ ...common, ...statedCells(charge, context) }];
  const meters = [...new Set([...Object.keys(units), ...Object.keys(amounts)])].sort();
  const rest = meters.reduce((left, meter) => left - BigInt(amounts[meter] ?? '0'), BigInt(tokens));
  const rows: FocusRow[] = meters.map((meter) => ({ ...common, ...meterCells(charge, context, meter) }));
  if (rest !== 0n) rows.push({ ...common, ...restCells(rest, context) });
  return rows;
}

function commonCells(charge: FocusCharge, { terms, tokenPrice, calendar }: FocusContext): FocusRow {
  const { app, model, offer, key, partyId, usedAt, number } = charge;
  const second = usedAt - (usedAt % 1000);
  const [year, month] = calendar.dayOf(usedAt).split('-');
  return {
    ...{ BillingAccountId: partyId, BillingAccountName: partyId, BillingAccountType: 'Party' },
    ...{ SubAccountId: key ?? partyId, SubAccountName: key ?? partyId, SubAccountType: key ? 'API key' : 'Party' },
    BillingPeriodStart: secondOf(calendar.startOfDay(`${year}-${month}-01`)),
    BillingPeriodEnd: secondOf(calendar.endOfMonth(usedAt)),
    ...{ ChargePeriodStart: secondOf(second), ChargePeriodEnd: secondOf(second + 1000) },
    ...(number !== null && { ChargeClass: 'Correction' }),
    ...{ BillingCurrency: tokenPrice?.currency ?? noCurrency, BilledCost: '0.0', PricingCurrency: 'AIT' },
    ...{ ServiceCategory: 'AI and Machine Learning', ServiceSubcategory: 'Generative AI' },
    ServiceName: app ?? model ?? 'Tokengrid',
    ...{ ProviderName: operator, PublisherName: terms.publisherId ?? operator, InvoiceIssuerName: operator },
    ...(terms.region !== undefined && { RegionId: terms.region, RegionName: terms.region }),
    ...resourceOf(charge),
    ...{ Tags: '{}', x_UsageId: charge.usageId, x_Source: charge.source, x_EventId: charge.eventId },
    ...(number !== null && { x_Correction: String(number) }),
    ...{ x_Time: instantOf(usedAt), x_PriceVersion: charge.priceVersion, x_Status: charge.status },
    ...(app !== null && { x_App: app }),
    ...(model !== null && { x_Model: model }),
    ...(offer !== null && { x_OfferId: offer }),
    ...(key !== null && { x_Key: key }),
  };
}

function resourceOf({ app, model, offer }: FocusCharge): FocusRow {
  if (app !== null) return { ResourceId: `app:${app}`, ResourceName: app, ResourceType: 'App' };
  if (model === null) return {};
  return { ResourceId: offer ?? `model:${model}`, ResourceName: model, ResourceType: 'Model offer' };
}

/** Cells of one meter's part of a charge. */
function meterCells(charge: FocusCharge, context: FocusContext, meter: string): FocusRow {
  const { units, amounts, number } = charge;
  const { terms, tokenPrice } = context;
  const tokens = BigInt(amounts[meter] ?? '0');
  const price = number === null ? terms.prices.get(meter) : undefined;
  const consumed = exact(units[meter] ?? '0');
  const priced = price?.aggregation === 'count' ? exact('1') : consumed;
  const cells = {
    ...{ ChargeCategory: 'Usage', ChargeFrequency: 'Usage-Based', PricingCategory: 'Standard' },
    ChargeDescription: `${meter} of ${terms.list ?? 'an unknown price list'}`,
    ...{ ConsumedQuantity: exactText(consumed), ConsumedUnit: meter },
    ...{ PricingQuantity: exactText(priced), PricingUnit: price?.aggregation === 'count' ? 'uses' : meter },
    ...skuOf(terms, meter),
  };
  if (!price) return { ...cells, ...costs(tokens, context) };
  const unitPrice = times(exact(price.unitPrice), oneAit);
  const inCurrency = moneyOf(unitPrice, tokenPrice);
  const listCost = exactText(times(inCurrency, priced));
  return {
    ...cells,
    ...costs(tokens, context),
    ...{ ListCost: listCost, ContractedCost: listCost },
    ...{ ListUnitPrice: exactText(inCurrency), ContractedUnitPrice: exactText(inCurrency) },
    ...{ PricingCurrencyListUnitPrice: exactText(unitPrice), PricingCurrencyContractedUnitPrice: exactText(unitPrice) },
  };
}

/** Cells of what metering states itself: fees, minimum charges, subsidies and advances. */
function statedCells(charge: FocusCharge, context: FocusContext): FocusRow {
  const { source, app, tokens, subsidyOf, number } = charge;
  if (source === periodSource) return restCells(BigInt(tokens), context);
  const cost = costs(BigInt(tokens), context);
  if (source !== subscriptionSource) {
    const what = subsidyOf === null ? 'Advance of a refund' : `Subsidy of ${subsidyOf}`;
    return { ...adjustment, ChargeDescription: what, ...cost };
  }
  const { terms, tokenPrice } = context;
  const price = times(exact(tokens), oneAit);
  return {
    ...{ ChargeCategory: 'Purchase', ChargeFrequency: 'Recurring', PricingCategory: 'Standard' },
    ChargeDescription: `Fee of a subscription to ${app}`,
    ...{ PricingQuantity: '1.0', PricingUnit: 'subscription periods', ...skuOf(terms, 'fee') },
    ...cost,
    ...(number === null && {
      ...{ ListUnitPrice: exactText(moneyOf(price, tokenPrice)), PricingCurrencyListUnitPrice: exactText(price) },
      ContractedUnitPrice: exactText(moneyOf(price, tokenPrice)),
      PricingCurrencyContractedUnitPrice: exactText(price),
    }),
  };
}

/** Cells of what a plan's minimum adds to a charge, or its maximum takes back. */
const restCells = (tokens: bigint, context: FocusContext): FocusRow => ({
  ...adjustment,
  ChargeDescription: `${tokens < 0n ? 'Maximum' : 'Minimum'} of ${context.terms.list ?? 'the plan'}`,
  ...costs(tokens, context),
});

const adjustment = { ChargeCategory: 'Adjustment', ChargeFrequency: 'One-Time' };

function skuOf({ list, version }: FocusTerms, meter: string): FocusRow {
  if (list === undefined) return { SkuMeter: meter };
  return { SkuId: `${list}:${meter}`, SkuMeter: meter, SkuPriceId: `${list}@${version}:${meter}` };
}

/** Costs of tokens, where no unit price tells list and contracted costs apart from them. */
function costs(tokens: bigint, { tokenPrice }: FocusContext): FocusRow {
  const ait = { value: tokens, scale: 6 };
  const cost = exactText(moneyOf(ait, tokenPrice));
  return {
    ...{ EffectiveCost: cost, ListCost: cost, ContractedCost: cost, PricingCurrencyEffectiveCost: exactText(ait) },
    x_Tokens: tokens.toString(),
  };
}

const unpriced: TokenPrice = { currency: noCurrency, buy: 0n };

/** AIT in units of the operator's currency. */
function moneyOf(ait: Exact, { currency, buy }: TokenPrice = unpriced): Exact {
  return times(ait, { value: buy, scale: minorDigitsOf(currency) });
}

const digits = new Map<string, number>();

/** Digits of a currency's minor unit by ISO 4217: 2 of CNY, 0 of JPY. */
function minorDigitsOf(currency: string): number {
  const known = digits.get(currency);
  if (known !== undefined) return known;
  const options = new Intl.NumberFormat('en', { style: 'currency', currency }).resolvedOptions();
  digits.set(currency, options.maximumFractionDigits ?? 2);
  return options.maximumFractionDigits ?? 2;
}

/** FOCUS has times in whole seconds. */
const secondOf = (epochMs: number): string => `${instantOf(epochMs).slice(0, 'YYYY-MM-DDTHH:mm:ss'.length)}Z`;
