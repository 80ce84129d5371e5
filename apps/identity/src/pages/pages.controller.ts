import { Controller, Get, Post, Req, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import { Follows, type HttpAnswer, Public } from '@tokengrid/service';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { PassingOn } from '../oauth/passing-on.ts';
import { AccountPage } from './account.ts';
import { Interactions } from './interactions.ts';
import { pagesApi } from './pages-api.ts';

/** Pages for people: they answer browsers, and are no part of the API. */
@ApiExcludeController()
@Controller()
export class PagesController {
  constructor(
    private readonly passing: PassingOn,
    private readonly interactions: Interactions,
    private readonly account: AccountPage,
  ) {}

  /**
   * Begins an authorization (`authorization_code` with PKCE, S256): a browser comes here with the
   * client's request, and returns to `redirect_uri` with a code.
   */
  @Get('oauth/authorize')
  @Public()
  @Follows(pagesApi)
  authorize(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    return this.passing.pass(request, reply);
  }

  /** Continues an authorization after a page, in the browser that began it. */
  @Get('oauth/authorize/:uid')
  @Public()
  @Follows(pagesApi)
  resume(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    return this.passing.pass(request, reply);
  }

  /** Shows the next step of an authorization. */
  @Get('oauth/interaction/:uid')
  @Public()
  @Follows(pagesApi)
  showStep(@Req() request: FastifyRequest, @Res({ passthrough: true }) reply: FastifyReply): Promise<HttpAnswer> {
    return this.interactions.show(request, reply);
  }

  /** Takes a step of an authorization. */
  @Post('oauth/interaction/:uid')
  @Public()
  @Follows(pagesApi)
  takeStep(@Req() request: FastifyRequest, @Res({ passthrough: true }) reply: FastifyReply): Promise<HttpAnswer> {
    return this.interactions.take(request, reply);
  }

  /** Shows a person's account. */
  @Get('account')
  @Public()
  @Follows(pagesApi)
  showAccount(@Req() request: FastifyRequest, @Res({ passthrough: true }) reply: FastifyReply): Promise<HttpAnswer> {
    return this.account.show(request, reply);
  }

  /** Changes a person's account. */
  @Post('account')
  @Public()
  @Follows(pagesApi)
  takeAccount(@Req() request: FastifyRequest, @Res({ passthrough: true }) reply: FastifyReply): Promise<HttpAnswer> {
    return this.account.take(request, reply);
  }
}
