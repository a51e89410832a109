import type { Pool } from 'pg';
import type { DeskStore } from '#core/desk/desk-store.ts';
import { createDeskDetail } from './desk-detail.ts';
import { createDeskMessages } from './desk-messages.ts';
import { createDeskMoves } from './desk-moves.ts';
import { createDeskSummaries } from './desk-summaries.ts';
import type { RowTools } from './turn-rows.ts';

/** The desk in SQL (`core/desk/desk-store.ts`). */
export function createDeskStore(tools: RowTools & { pool: Pool }): DeskStore {
  const { summary, ...lists } = createDeskSummaries(tools);
  return { ...lists, ...createDeskDetail(tools, summary), ...createDeskMoves(tools), ...createDeskMessages(tools) };
}
