import { Controller, Get, Post, Req } from '@nestjs/common';
import { HttpAnswer, unauthenticated } from '@tokengrid/service';
import type { FastifyRequest } from 'fastify';
import { PersonUserinfo } from '../../oauth/person-userinfo.ts';
import { Userinfo } from '../../callers/userinfo.ts';
import { TellsOfCaller } from './userinfo.openapi.ts';

/** A token of a call names up to fifty scopes. */
const bearer = /^Bearer +(?<token>[\x21-\x7e]{1,8192})$/i;

/** Claims about people, and about callers of apps (OpenID Connect Core 1.0, 5.3). */
@Controller('oauth/userinfo')
export class UserinfoController {
  constructor(
    private readonly userinfo: Userinfo,
    private readonly people: PersonUserinfo,
  ) {}

  /**
   * Tells an app the name and the number of its caller, as far as they were consented to. The
   * bearer token is the header `x-tokengrid-caller` of the call, while it is valid. `name` needs
   * the consent to the scope `profile`, `phone_number` that to `phone`. A withdrawn consent is 403
   * within a second, whatever the token says.
   *
   * With a person's access token for no service it tells who the person is: `name` with the scope
   * `profile`, `email` with the scope `email`.
   */
  @Get()
  @TellsOfCaller()
  getUserinfo(@Req() request: FastifyRequest): Promise<HttpAnswer> {
    return this.answer(request);
  }

  /** Tells an app the name and the number of its caller, like the `GET`. Its body is ignored. */
  @Post()
  @TellsOfCaller()
  postUserinfo(@Req() request: FastifyRequest): Promise<HttpAnswer> {
    return this.answer(request);
  }

  private async answer({ headers }: FastifyRequest): Promise<HttpAnswer> {
    const { token } = bearer.exec(headers.authorization ?? '')?.groups ?? {};
    if (token === undefined) throw unauthenticated('no token of a call: send it as Authorization: Bearer <token>');
    // A call's token is a JWT, and a person's that is for no service is none.
    const claims = token.includes('.') ? await this.userinfo.of(token) : await this.people.of(token);
    return new HttpAnswer(200, claims, { 'cache-control': 'no-store' });
  }
}
