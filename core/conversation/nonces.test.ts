import { createNonces } from './nonces.ts';

test('nonces are twelve characters that fit into an address, each drawn once', () => {
  const nonce = createNonces();
  const drawn = Array.from({ length: 1_000 }, nonce);
  for (const one of drawn) expect(one).toMatch(/^[\w-]{12}$/);
  expect(new Set(drawn).size).toBe(1_000);
});
