/** Servers that suites use when they are found. */
export type OptionalServer = 'redis' | 'elasticsearch' | 'embeddings';

/** Whether `FRONTDESK_REQUIRE` (a list separated by commas) says that a missing server is an error. */
export function isRequired(server: OptionalServer): boolean {
  const names = (process.env['FRONTDESK_REQUIRE'] ?? '').split(',').map((name) => name.trim());
  return names.includes(server);
}
