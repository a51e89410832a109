import fs from 'node:fs';
import path from 'node:path';
import type { FlowSources } from '#core/dialogue/compile.ts';

/** The flows that ship with it, in the order in which people meet them. */
const NAMES = [
  'main',
  'answer',
  'small-talk',
  'order-status',
  'create-ticket',
  'ticket-status',
  'complaint',
  'handoff',
  'unattended',
  'rating',
  'silence',
] as const;

const read = (name: string): unknown =>
  JSON.parse(fs.readFileSync(path.join(import.meta.dirname, `${name}.json`), 'utf8'));

/** Reads the shipped flows and phrases as they lie on the disk, not yet checked: `createFlowCompiler().compile()` does that. */
export const loadShippedFlows = (): FlowSources => ({ flows: NAMES.map(read), phrases: read('phrases') });
