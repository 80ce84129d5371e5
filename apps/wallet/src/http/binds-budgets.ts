import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import { permissionDenied } from '@tokengrid/service';
import type { BudgetedKey } from '@tokengrid/service';
import type { FastifyRequest } from 'fastify';
import { KeyBudgets, KeyNotBound } from '../flows/key-budgets.ts';

/**
 * Binds budgets of a caller's keys before it changes anything. A guard and no interceptor: those
 * cost every request a tenth of a transfer.
 */
@Injectable()
export class BindsBudgets implements CanActivate {
  constructor(private readonly budgets: KeyBudgets) {}

  canActivate(context: ExecutionContext): boolean | Promise<boolean> {
    const { method, principal } = context.switchToHttp().getRequest<Partial<FastifyRequest>>();
    if (!principal || method === 'GET' || principal.budgeted.length === 0) return true;
    return this.bind(principal.partyId, principal.budgeted);
  }

  private async bind(partyId: string, budgeted: readonly BudgetedKey[]): Promise<true> {
    try {
      await this.budgets.bindAll(partyId, budgeted);
      return true;
    } catch (error) {
      if (error instanceof KeyNotBound) throw permissionDenied(error.message);
      throw error;
    }
  }
}
