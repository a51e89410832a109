import { offerSharedServices } from './shared-services.ts';

/** Jest calls this once before the workers; what it returns through `globalThis` is ended by `global-teardown.ts`. */
export default async function setUp(): Promise<void> {
  const { stop } = await offerSharedServices();
  (globalThis as { stopSharedServices?: () => Promise<void> }).stopSharedServices = stop;
}
