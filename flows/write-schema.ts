import fs from 'node:fs';
import path from 'node:path';
import { flowJsonSchema } from '#core/dialogue/flow.schema.ts';

/** The JSON Schema that editors check flows against, beside the flows. */
export const FLOW_SCHEMA = path.join(import.meta.dirname, 'flow.schema.json');

// `node cli/node24.mjs flows/write-schema.ts && npx oxfmt flows/flow.schema.json` writes it anew.
if (import.meta.main) fs.writeFileSync(FLOW_SCHEMA, `${JSON.stringify(flowJsonSchema(), null, 2)}\n`);
