/** Three projects: the server (Node, real PostgreSQL), the admin UI (jsdom), and browser journeys (a real Chromium). */
const native = { extensionsToTreatAsEsm: ['.ts'], transform: {}, testEnvironment: 'node' };
/** Starts PostgreSQL and unpacks Chromium when the first test asks for it, once for all workers. */
const shared = {
  globalSetup: '<rootDir>/test/support/global-setup.ts',
  globalTeardown: '<rootDir>/test/support/global-teardown.ts',
};
const ignore = ['/node_modules/', '/dist/', '/\\.frontdesk/', '/coverage/'];

export default {
  // Real servers on a busy machine; what is slow of its own shows in the times that are printed.
  testTimeout: 60_000,
  // A browser or a database that a failed test left open must not keep CI waiting.
  forceExit: true,
  coverageProvider: 'babel',
  collectCoverageFrom: [
    'core/**/*.ts',
    'adapters/**/*.ts',
    'cli/**/*.ts',
    'composition/**/*.ts',
    'main.ts',
    '!**/*.test.ts',
    '!adapters/web/widget/**',
  ],
  coverageDirectory: 'coverage',
  coverageThreshold: { global: { lines: 90, branches: 85 } },
  projects: [
    {
      ...native,
      ...shared,
      displayName: 'server',
      testMatch: [
        '<rootDir>/{core,adapters,composition,flows,cli,migrations,bench}/**/*.test.ts',
        '<rootDir>/test/*.test.ts',
        '<rootDir>/test/support/*.test.ts',
      ],
      testPathIgnorePatterns: [...ignore, '/adapters/web/widget/'],
    },
    {
      displayName: 'ui',
      testEnvironment: 'jsdom',
      extensionsToTreatAsEsm: ['.ts', '.tsx'],
      testMatch: ['<rootDir>/admin-ui/**/*.test.{ts,tsx}', '<rootDir>/adapters/web/widget/**/*.test.ts'],
      testPathIgnorePatterns: ignore,
      transform: {
        '\\.tsx?$': [
          '@swc/jest',
          {
            jsc: {
              target: 'es2024',
              parser: { syntax: 'typescript', tsx: true },
              transform: { react: { runtime: 'automatic' } },
            },
            module: { type: 'es6' },
          },
        ],
      },
      moduleNameMapper: { '\\.css$': '<rootDir>/test/empty-style.js' },
    },
    {
      ...native,
      ...shared,
      displayName: 'journeys',
      testMatch: ['<rootDir>/test/journeys/**/*.test.ts'],
      testPathIgnorePatterns: ignore,
    },
  ],
};
