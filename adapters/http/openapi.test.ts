import type { Browser } from 'playwright-core';
import { openBrowser } from '#test/support/browser.ts';
import { openFrontDoor, type FrontDoor } from '#test/support/front-door.ts';

type Media = { schema: Record<string, unknown>; example?: unknown };
type Content = Record<string, Media>;
type Operation = {
  operationId: string;
  summary: string;
  tags: string[];
  security: unknown[];
  parameters?: { name: string; in: string; required?: boolean; schema: unknown }[];
  requestBody?: { content: Content };
  responses: Record<string, { description: string; content?: Content }>;
};
type Document = {
  openapi: string;
  info: { title: string; version: string };
  paths: Record<string, Record<string, Operation>>;
  components: { schemas: Record<string, Record<string, unknown>>; securitySchemes: object };
};

let door: FrontDoor;
let document: Document;
beforeAll(async () => {
  door = await openFrontDoor();
  document = (await door.get('/openapi.json')).body as Document;
});
afterAll(() => door.close());

const operations = (): [name: string, path: string, operation: Operation][] =>
  Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]): [string, string, Operation] => [
      `${method} ${path}`,
      path,
      operation,
    ]),
  );
/** The names of operations that `holds` is not true of. */
const failing = (holds: (operation: Operation, path: string) => boolean): string[] =>
  operations().flatMap(([name, path, operation]) => (holds(operation, path) ? [] : [name]));

function* within(value: unknown): Generator<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null) return;
  if (!Array.isArray(value)) yield value as Record<string, unknown>;
  for (const inner of Object.values(value)) yield* within(inner);
}
const schemaOf = (schema: Record<string, unknown>): Record<string, unknown> => {
  const name = typeof schema['$ref'] === 'string' ? schema['$ref'].split('/').at(-1)! : undefined;
  return name ? schemaOf(document.components.schemas[name]!) : schema;
};

describe('the document', () => {
  test('is OpenAPI 3.1 and has every endpoint', () => {
    expect(document).toMatchObject({ openapi: '3.1.0', info: { title: 'Frontdesk', version: '1' } });
    expect(
      operations()
        .map(([name]) => name)
        .toSorted(),
    ).toEqual(door.endpoints.map((endpoint) => `${endpoint.method} ${endpoint.path}`).toSorted());
  });

  test('calls each operation by a name of its own, in one sentence', () => {
    const ids = operations().map(([, , operation]) => operation.operationId);
    expect(ids.filter((id, at) => ids.indexOf(id) !== at || !/^[a-zA-Z]\w+$/.test(id))).toEqual([]);
    expect(failing(({ summary, tags }) => /^[A-Z].*\.$/.test(summary) && tags.length === 1 && tags[0] !== '')).toEqual(
      [],
    );
  });

  test('declares the parameters that stand in a path, each with a schema', () => {
    expect(
      failing(({ parameters = [] }, path) => {
        const inPath = parameters.filter((one) => one.in === 'path' && one.required === true).map((one) => one.name);
        const written = [...path.matchAll(/\{(\w+)\}/g)].map((match) => match[1]);
        return inPath.join() === written.join() && parameters.every((one) => one.schema !== undefined);
      }),
    ).toEqual([]);
  });

  test('refers to nothing that is not there', () => {
    const refs = [...within(document)].flatMap((part) => (typeof part['$ref'] === 'string' ? [part['$ref']] : []));
    expect(refs.length).toBeGreaterThan(20);
    const names = refs.map((ref) => /^#\/components\/schemas\/(\w+)$/.exec(ref)?.[1] ?? ref);
    expect([...new Set(names)].filter((name) => !(name in document.components.schemas))).toEqual([]);
  });

  test('has one success, and every refusal as a problem', () => {
    expect(
      failing(({ responses }) => Object.keys(responses).filter((status) => status.startsWith('2')).length === 1),
    ).toEqual([]);
    expect(
      failing(({ responses }) =>
        Object.entries(responses)
          .filter(([status]) => status >= '400')
          .every(
            ([, { content }]) =>
              content?.['application/problem+json']?.schema['$ref'] === '#/components/schemas/Problem',
          ),
      ),
    ).toEqual([]);
    expect(failing(({ responses, security }) => security.length === 0 || '401' in responses)).toEqual([]);
    expect(failing(({ responses }) => '429' in responses && '503' in responses)).toEqual([]);
  });

  test('says what each problem that an endpoint names is', () => {
    for (const endpoint of door.endpoints) {
      const { responses } = document.paths[endpoint.path]![endpoint.method]!;
      expect(Object.keys(responses).length).toBeGreaterThan(endpoint.problems.length);
    }
  });

  test('has an example for each body, and each is one that the server takes', () => {
    const missing: string[] = [];
    for (const endpoint of door.endpoints) {
      if (!endpoint.body || endpoint.body === 'bytes') continue;
      const media = document.paths[endpoint.path]![endpoint.method]!.requestBody!.content['application/json']!;
      const example = media.example ?? schemaOf(media.schema)['example'];
      if (example === undefined || !endpoint.body.safeParse(example).success) missing.push(endpoint.path);
    }
    expect(missing).toEqual([]);
  });

  test('describes what is sent as a body, field by field', () => {
    expect(
      failing(({ requestBody }) => {
        const media = requestBody?.content['application/json'];
        if (!media) return true;
        const schema = schemaOf(media.schema);
        return 'properties' in schema || 'anyOf' in schema || 'allOf' in schema;
      }),
    ).toEqual([]);
  });
});

describe('/docs', () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await openBrowser();
  }, 60_000);
  afterAll(() => browser.close());

  test('shows every operation without asking anybody else for anything', async () => {
    const page = await browser.newPage();
    const asked: string[] = [];
    const complaints: string[] = [];
    page.on('request', (request) => asked.push(request.url()));
    page.on('console', (message) => message.type() === 'error' && complaints.push(message.text()));
    page.on('pageerror', (error) => complaints.push(error.message));
    await page.goto(`${door.address}/docs`);
    await page.locator('.opblock').first().waitFor();
    expect(await page.locator('.opblock').count()).toBe(operations().length);
    expect(asked.filter((url) => !url.startsWith(door.address) && !url.startsWith('data:'))).toEqual([]);
    expect(complaints).toEqual([]);
    await page.close();
  }, 60_000);
});
