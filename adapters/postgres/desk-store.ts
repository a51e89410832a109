import type { Pool } from 'pg';
import type { DeskStore } from '#core/desk/desk-store.ts';
import { createDeskMessages } from './desk-messages.ts';
import { createDeskMoves } from './desk-moves.ts';
import { createDeskReads } from './desk-reads.ts';
import type { RowTools } from './turn-rows.ts';

/** The desk in SQL (`core/desk/desk-store.ts`). */
export const createDeskStore = (tools: RowTools & { pool: Pool }): DeskStore => ({
  ...createDeskReads(tools),
  ...createDeskMoves(tools),
  ...createDeskMessages(tools),
});
