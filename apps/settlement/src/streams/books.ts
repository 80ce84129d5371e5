import { Injectable } from '@nestjs/common';
import type { SettlementEvent } from '@tokengrid/contracts';
import { streamsOf } from '@tokengrid/service';
import { type Book, book } from '../decisions/state/book.ts';

/** The one stream `book`. */
@Injectable()
export class Books extends streamsOf<Book, SettlementEvent>(book) {}
