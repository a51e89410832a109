import { QueryClient } from '@tanstack/react-query';
import { ServerProblem } from './problem.ts';

const TRIES = 2;

/** Cached answers of the server. What the asker must mend is not asked again; a silent server is, twice. */
export const createQueryClient = (): QueryClient =>
  new QueryClient({
    defaultOptions: {
      queries: {
        staleTime: 15_000,
        retry: (failures, error) =>
          failures < TRIES && (!(error instanceof ServerProblem) || error.status === 0 || error.status >= 500),
      },
      mutations: { retry: false },
    },
  });
