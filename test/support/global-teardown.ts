/** Jest calls this once when all tests are done. */
export default async function tearDown(): Promise<void> {
  await (globalThis as { stopSharedServices?: () => Promise<void> }).stopSharedServices?.();
}
