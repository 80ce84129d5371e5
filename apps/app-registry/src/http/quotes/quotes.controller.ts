import { Body, Controller, HttpCode, Post } from '@nestjs/common';
import { StorageClock } from '@tokengrid/event-store';
import { feeOfMonth, type Rated, type Unrated } from '@tokengrid/rating';
import { invalidArgument, Public, Refuses, Responds } from '@tokengrid/service';
import { partOfCount, quoteOf } from '../../decisions/rules/quotes.ts';
import { AppCatalogue } from '../../projections/app-catalogue.ts';
import { ModelDirectory } from '../../projections/model-directory.ts';
import { QuoteAnswer, QuoteRequest } from './quotes.requests.ts';

/** Quotes for uses. */
@Controller('v1/quotes')
export class QuotesController {
  constructor(
    private readonly catalogue: AppCatalogue,
    private readonly models: ModelDirectory,
    private readonly clock: StorageClock,
  ) {}

  /**
   * Quotes the cost of a use by the prices in force. `used` has the quantities of the
   * subscription's period before it. A plan with fees has the `fee` of a whole month, which is no
   * part of the cost. Nothing is recorded, and no price is held.
   */
  @Post()
  @Public()
  @HttpCode(200)
  @Refuses('NOT_FOUND')
  @Responds(200, QuoteAnswer)
  async quoteUse(@Body({ schema: QuoteRequest }) { app, plan, model, offer, units, used, seats }: QuoteRequest) {
    const now = this.clock.now();
    const { of, version, onOffer, fees, hasSeats } =
      app === undefined
        ? await this.models.pricesOf(model!, offer, now)
        : await this.catalogue.pricesOf(app, plan!, now);
    if (seats !== undefined && !hasSeats) throw invalidField('seats', 'must be there only with a plan that has seats');
    const part = partOfCount(onOffer, used);
    if (part !== undefined) throw invalidField(`used/${part}`, 'must be a whole number: the meter counts');
    const rated = quoteOf(onOffer, { units, used });
    if (typeof rated === 'string') throw invalidField('units', detailOf[rated]);
    // Metering parks such a use: a model without a price for any used meter is a mistyped meter.
    if (model !== undefined && rated.lines.length === 0)
      throw invalidField('units', 'the model prices none of these meters');
    return {
      ...{ tokens: String(rated.tokens), priceVersion: `${of}@${version}`, lines: rated.lines.map(shown) },
      ...(fees && { fee: String(feeOfMonth(fees, seats ?? 1)) }),
    };
  }
}

const detailOf: Readonly<Record<Unrated, string>> = {
  'amount-over-limit': 'must not come to more than 10^30 µAIT',
  'too-many-values': 'must not have more different values than are counted in a period',
  'needs-recount': 'must be counted anew',
};

function invalidField(field: string, detail: string) {
  return invalidArgument(`/${field}: ${detail}`, [{ pointer: `/${field}`, detail }]);
}

function shown({ tokens, ...line }: Rated['lines'][number]) {
  return { ...line, tokens: String(tokens) };
}
